from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from agent import wire
from agent.errors import IntegrityBroken, Undecodable
from agent.services import waveform
from agent.services.desk import Desk
from agent.settings import Settings
from agent.vault.sealed import CHUNK_BYTES, HEADER_BYTES
from agent.wire import Role
from tests.agent.calls import sound
from tests.agent.conftest import People, TakeIn
from tests.agent.log_reading import newest
from tests.agent.services.test_listening import flip, sealed_file
from tests.assets import encode, wav

RATE_HZ = 8000


@pytest.fixture
def picture(desk: Desk, people: People, take_in: TakeIn) -> Picture:
    return Picture(desk, people, take_in)


class Picture:
    def __init__(self, desk: Desk, people: People, take_in: TakeIn) -> None:
        self._desk, self._people, self._take_in = desk, people, take_in

    def __call__(self, content: bytes, columns: int = 10) -> wire.Waveform:
        call = self._take_in(content=content)
        return self._desk.listening.waveform(self._people.caller(Role.MANAGER), call, None, columns)


def two_halves(subtype: str, form: str = "WAV", channels: int = 1) -> bytes:
    """A second that is loud in its first half and nearly silent in its second."""
    loud = np.where(np.arange(RATE_HZ) < RATE_HZ // 2, 0.8, 0.02)
    tone = loud * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)
    made = io.BytesIO()
    soundfile.write(made, np.column_stack([tone] * channels), RATE_HZ, subtype, format=form)
    return made.getvalue()


WRITABLE = [
    (form, subtype)
    for form in ("WAV", "WAVEX", "RF64")
    for subtype in soundfile.available_subtypes(form)
    if subtype != "MPEG_LAYER_III"  # libsndfile names it for WAV and then does not write it
]


@pytest.mark.parametrize(("form", "subtype"), WRITABLE)
def test_every_encoding_that_can_be_written_has_its_picture(form: str, subtype: str, picture: Picture) -> None:
    made = picture(two_halves(subtype, form))
    (peaks,) = made.peaks
    assert made.duration_s == pytest.approx(1.0, abs=0.05)
    assert 8 <= len(peaks) <= 10
    assert min(peaks[:4]) > 150
    assert max(peaks[-3:]) < 40


def test_channels_are_pictured_apart(picture: Picture) -> None:
    content = io.BytesIO()
    legs = np.column_stack([np.full(RATE_HZ, 0.5), np.zeros(RATE_HZ)])
    soundfile.write(content, legs, RATE_HZ, "PCM_16", format="WAV")
    left, right = picture(content.getvalue(), 4).peaks
    assert (left, right) == ([128] * 4, [0] * 4)


@pytest.mark.parametrize("columns", [1, 7, 2000])
def test_there_are_never_more_columns_than_asked_for(columns: int, picture: Picture) -> None:
    (peaks,) = picture(sound(0.3, channels=1), columns).peaks
    assert 0 < len(peaks) <= columns


def test_one_column_is_the_loudest_moment_of_a_recording_longer_than_a_block(
    picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waveform, "BLOCK_FRAMES", 1000)
    ((peak,),) = picture(two_halves("PCM_16"), 1).peaks
    assert peak == round(0.8 * 255)


@pytest.mark.parametrize("name", [name for name in wav.UNFINISHED if name != "ds64-of-zero"])
def test_an_interrupted_recording_has_a_picture_of_all_that_is_there(name: str, picture: Picture) -> None:
    content, _ = wav.UNFINISHED[name]
    made = picture(content)
    assert made.duration_s == pytest.approx(1.0, abs=0.01)
    assert len(made.peaks[0]) == 10


def test_an_interrupted_recording_of_blocks_has_a_picture_too(picture: Picture) -> None:
    content = bytearray(two_halves("GSM610"))
    content[4:8] = bytes(4)
    at = content.index(b"data") + 4
    content[at : at + 4] = bytes(4)
    assert len(picture(bytes(content)).peaks[0]) > 7


def test_what_no_decoder_knows_is_said_to_be_undecodable(picture: Picture, desk: Desk) -> None:
    content = wav.riff(wav.fmt(0x1234, align=1, byte_rate=8000, bits=8), wav.chunk(b"data", wav.SECOND))
    with pytest.raises(Undecodable) as undecodable:
        picture(content)
    assert "1234" in undecodable.value.parameters["encoding"]
    assert (newest(desk.house)["outcome"], newest(desk.house)["reason"]) == ("failed", "undecodable")


def test_a_broken_seal_is_no_short_picture(desk: Desk, people: People, take_in: TakeIn, settings: Settings) -> None:
    call = take_in(content=sound(10.0, channels=2))
    flip(sealed_file(settings), HEADER_BYTES + 3 * (CHUNK_BYTES + 16) + 5)
    with pytest.raises(IntegrityBroken):
        desk.listening.waveform(people.caller(Role.MANAGER), call, None, 10)
    assert (newest(desk.house)["outcome"], newest(desk.house)["reason"]) == ("failed", "integrity-broken")


def test_a_picture_that_is_kept_is_an_entry_all_the_same(desk: Desk, people: People, take_in: TakeIn) -> None:
    call, caller = take_in(), people.caller(Role.MANAGER)
    assert desk.listening.waveform(caller, call, None, 10) == desk.listening.waveform(caller, call, None, 10)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["target"]) == ("contact.waveform", "allowed", call)


def test_only_so_many_pictures_are_kept(
    desk: Desk, people: People, take_in: TakeIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waveform, "KEPT", 3)
    call, caller = take_in(content=sound(0.1)), people.caller(Role.MANAGER)
    for columns in range(1, 9):
        desk.listening.waveform(caller, call, None, columns)
    assert len(desk.listening._waveforms._kept) == 3


@pytest.mark.parametrize("name", sorted(file.stem for file in encode.FOLDER.glob("*.wav")))
def test_what_other_encoders_write_is_catalogued_and_has_its_picture_or_says_that_it_has_none(
    name: str, desk: Desk, people: People, take_in: TakeIn
) -> None:
    content = (encode.FOLDER / f"{name}.wav").read_bytes()
    call = take_in(content=content)
    manager = people.caller(Role.MANAGER)
    (recording,) = desk.contacts.show(manager, call).recordings
    assert (recording.size_bytes, recording.interrupted) == (len(content), False)
    if name.partition("-")[0] in NOT_DECODED:
        with pytest.raises(Undecodable, match=recording.encoding):
            desk.listening.waveform(manager, call, None, 10)
        return
    made = desk.listening.waveform(manager, call, None, 10)
    assert made.duration_s == pytest.approx(0.5, abs=0.15)
    assert len(made.peaks) == recording.channels


NOT_DECODED = {"g722", "g723_1", "g726"}
"""By libsndfile, in WAV."""
