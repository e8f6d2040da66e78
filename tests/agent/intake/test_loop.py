"""The intake at work on a real spool, with its threads and its watcher. Every wait is for a fact."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.installation import Installation, create
from agent.intake import loop as intake_loop
from agent.intake import read_through
from agent.intake.loop import IntakeLoop
from agent.intake.pipeline import Pipeline, Taken
from agent.settings import Settings, Source
from agent.vault.store import Vault
from db.queries import quarantine
from tests.agent.calls import put, sound
from tests.agent.clock import Clock
from tests.agent.in_process import unwritable
from tests.agent.intake.taking import unreadable
from tests.agent.log_reading import entries
from tests.agent.stored import findings, spool_files, stored
from tests.agent.waiting import until
from tests.assets import wav

NAME = "in-3201-0046701740605-20261123-140500-1795442700.{}.wav"
PATIENT_S = 3600.0
"""A wait that ends in no test."""


class Loop:
    """A running intake and what came of it."""

    def __init__(self, house: Installation) -> None:
        self.house = house
        self.spool = house.settings.source[0].spool
        self.taken: list[Taken] = []
        self.loop = IntakeLoop(house, Pipeline(house), self.taken.append)

    def names(self) -> list[str]:
        """Of the recordings that were taken in."""
        return sorted(contact.recordings[0].source_name for contact in stored(self.house).contacts)

    def reasons(self) -> list[tuple[str, str]]:
        """(name, reason) of the open quarantine."""
        items = stored(self.house).quarantined
        return sorted((item.path.decode("utf-8", "replace"), item.reason) for item in items)

    def until_rescanned(self, times: int = 2) -> None:
        """Until the spools have been read through this often, each time to its end."""
        for _rescan in range(times):
            hidden = put(self.spool, ".hidden", b"")
            until(lambda: self.loop.status()[0].left_alone == 1)
            hidden.unlink()
            until(lambda: self.loop.status()[0].left_alone == 0)


@contextmanager
def started(house: Installation) -> Iterator[Loop]:
    made = Loop(house)
    made.loop.start()
    try:
        yield made
    finally:
        made.loop.stop()


@pytest.fixture
def running(house: Installation) -> Iterator[Loop]:
    with started(house) as made:
        yield made


@contextmanager
def started_with(settings: Settings, clock: Clock) -> Iterator[Loop]:
    """The same with other settings than the fixture's."""
    house = create(settings, now_ms=clock)
    try:
        with started(house) as made:
            yield made
    finally:
        house.close()


def with_source(settings: Settings, **changes: Any) -> Settings:
    source = settings.source[0].model_copy(update=changes)
    return settings.model_copy(update={"source": [source]})


# --- what comes ------------------------------------------------------------------------------------------------------


def test_what_lies_there_at_the_start_is_taken_in(house: Installation) -> None:
    spool = house.settings.source[0].spool
    for number in range(5):
        put(spool, f"2026/11/2{number}/{NAME.format(number)}", sound(0.2, seed=number))
    with started(house) as made:
        until(lambda: len(made.names()) == 5)
    assert spool_files(spool) == []
    assert findings(house) == []


def test_a_file_that_is_closed_is_taken_in_without_a_rescan(settings: Settings, clock: Clock) -> None:
    deaf = with_source(settings, quiet_s=PATIENT_S).model_copy(update={"rescan_s": PATIENT_S})
    with started_with(deaf, clock) as made:
        until(lambda: made.loop.status()[0].trouble is None)
        put(made.spool, NAME.format(1), sound())
        until(lambda: made.names() == [NAME.format(1)])
        until(lambda: made.loop.status()[0].taken_in == 1)


def test_a_file_that_is_moved_in_and_one_in_a_new_folder_are_taken_in(running: Loop) -> None:
    until(lambda: running.loop.status()[0].trouble is None)
    outside = put(running.spool.parent / "outside", NAME.format(1), sound(seed=1))
    outside.rename(running.spool / NAME.format(1))
    put(running.spool, "2027/01/" + NAME.format(2), sound(seed=2))
    folder = put(running.spool.parent / "moved", NAME.format(3), sound(seed=3)).parent
    folder.rename(running.spool / "moved")
    until(lambda: running.names() == [NAME.format(number) for number in (1, 2, 3)])


def test_many_files_at_once_are_each_taken_in_once(running: Loop) -> None:
    contents = {NAME.format(number): sound(0.1, seed=number) for number in range(60)}
    for name, content in contents.items():
        put(running.spool, name, content)
    until(lambda: len(running.names()) >= len(contents) and not spool_files(running.spool))
    until(lambda: running.loop.status()[0].waiting == 0)
    assert stored(running.house).sha256s == sorted(hashlib.sha256(content).digest() for content in contents.values())
    assert findings(running.house) == []


def test_a_recording_that_is_still_being_written_is_left_alone(settings: Settings, clock: Clock) -> None:
    """Asterisk's header holds sizes of zero until it closes the file."""
    content = wav.riff(wav.fmt(), wav.chunk(b"data", wav.SECOND * 3))
    begun = wav.riff(wav.fmt(), wav.chunk(b"data", b"", size=0), size=0)
    with started_with(with_source(settings, unfinished_s=PATIENT_S), clock) as made:
        with (made.spool / NAME.format(1)).open("wb", buffering=0) as recorder:
            recorder.write(begun)
            for second in range(3):
                recorder.write(wav.SECOND)
                put(made.spool, NAME.format(second + 2), sound(0.1, seed=second))
                until(lambda second=second: NAME.format(second + 2) in made.names())
                made.until_rescanned()
                assert NAME.format(1) not in made.names()
            for offset, size in ((4, len(content) - 8), (40, len(content) - 44)):
                recorder.seek(offset)
                recorder.write(struct.pack("<I", size))
        until(lambda: NAME.format(1) in made.names())
        assert hashlib.sha256(content).digest() in stored(made.house).sha256s


def test_what_a_killed_recorder_left_is_taken_in_as_interrupted(running: Loop) -> None:
    left, _ = wav.UNFINISHED["sizes-of-zero"]
    put(running.spool, NAME.format(1), left)
    until(lambda: running.names() == [NAME.format(1)])
    ((recording,),) = (contact.recordings for contact in stored(running.house).contacts)
    assert (recording.interrupted, recording.duration_ms) == (True, 1000)


def test_a_spool_that_goes_is_said_and_one_that_comes_back_is_watched_again(running: Loop) -> None:
    until(lambda: running.loop.status()[0].trouble is None)
    running.spool.rename(running.spool.parent / "away")
    until(lambda: running.loop.status()[0].trouble)
    (running.spool.parent / "away").rename(running.spool)
    put(running.spool, NAME.format(1), sound())
    until(lambda: running.names() == [NAME.format(1)])
    until(lambda: running.loop.status()[0].trouble is None)
    assert running.loop.paused is None


def test_a_spool_that_cannot_be_read_holds_up_no_other(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = settings.source[0].model_copy(update={"name": "dead", "spool": settings.state_dir.parent / "dead"})
    dead.spool.mkdir()
    spool_of = read_through.spool_of

    def failing(source: Source) -> Any:
        if source.name == "dead":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return spool_of(source)

    monkeypatch.setattr(read_through, "spool_of", failing)
    both = settings.model_copy(update={"source": [dead, *settings.source]})
    with started_with(both, clock) as made:
        put(settings.source[0].spool, NAME.format(1), sound())
        until(lambda: made.names() == [NAME.format(1)])
        until(lambda: "Input/output error" in (made.loop.status()[0].trouble or ""))
        assert made.loop.paused is None


def test_the_last_file_of_a_source_is_known_from_before_the_agent_started(house: Installation) -> None:
    with started(house) as first:
        assert first.loop.status()[0].last_taken_in_at_ms is None
        put(first.spool, NAME.format(1), sound())
        until(lambda: first.names() == [NAME.format(1)])
    taken_in_at_ms = stored(house).contacts[0].taken_in_at_ms
    with started(house) as second:
        [spool] = second.loop.status()
        assert (spool.last_taken_in_at_ms, spool.taken_in) == (taken_in_at_ms, 0)


@pytest.mark.parametrize("mode", ["sealed", "in-place"])
def test_a_file_whose_bytes_cannot_be_read_is_said_tried_again_and_holds_up_no_other(
    settings: Settings, clock: Clock, mode: str
) -> None:
    bad = put(settings.source[0].spool, NAME.format(1), sound())
    with started_with(with_source(settings, mode=mode), clock) as made:
        with unreadable(bad):
            until(lambda: made.reasons() == [(NAME.format(1), "unreadable")])
            for number in (2, 3):
                put(made.spool, NAME.format(number), sound(seed=number))
                until(lambda number=number: NAME.format(number) in made.names())
                made.until_rescanned()
            assert made.loop.paused is None
            assert bad.exists()
        until(lambda: made.names() == [NAME.format(number) for number in (1, 2, 3)])
        until(lambda: made.reasons() == [])
        assert findings(made.house) == []


# --- what fails ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_a_full_or_failing_disk_pauses_the_intake_until_it_is_well_again(
    running: Loop, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "write", full)
        put(running.spool, NAME.format(1), sound(seed=1))
        put(running.spool, NAME.format(2), b"no recording")
        until(lambda: running.loop.paused == os.strerror(error))
        running.until_rescanned()
        assert running.loop.paused == os.strerror(error)
        assert len(spool_files(running.spool)) == 2
    until(lambda: running.names() == [NAME.format(1)])
    until(lambda: running.reasons() == [(NAME.format(2), "not-audio")])
    until(lambda: running.loop.paused is None)
    assert findings(running.house) == []


def test_a_register_that_cannot_be_written_pauses_the_intake_until_it_can(running: Loop) -> None:
    until(lambda: running.loop.status()[0].trouble is None)
    with unwritable(running.house):
        put(running.spool, NAME.format(1), sound(seed=1))
        (running.spool / NAME.format(2)).symlink_to("/nowhere")
        until(lambda: running.loop.paused)
    until(lambda: running.names() == [NAME.format(1)])
    until(lambda: running.reasons() == [(NAME.format(2), "not-a-regular-file")])
    until(lambda: running.loop.paused is None)
    assert findings(running.house) == []


def test_a_mistake_of_ours_pauses_the_intake_and_does_not_end_it(
    running: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_arguments: object) -> None:
        raise RuntimeError("+46701740605")

    with monkeypatch.context() as patched:
        patched.setattr(IntakeLoop, "_look_at_due", mistaken)
        until(lambda: running.loop.paused == "RuntimeError")
        put(running.spool, NAME.format(1), sound(seed=1))
    until(lambda: running.names() == [NAME.format(1)])
    until(lambda: running.loop.paused is None)


def test_a_reason_that_went_with_its_file_is_not_said_for_ever(running: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Vault, "write", full)
    put(running.spool, NAME.format(1), sound())
    until(lambda: running.loop.paused)
    (running.spool / NAME.format(1)).unlink()
    until(lambda: running.loop.paused is None)


def test_a_file_that_could_not_be_removed_is_not_taken_in_again(running: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patched:
        patched.setattr("agent.intake.leaving.remove", refused)
        put(running.spool, NAME.format(1), sound())
        until(lambda: running.names() == [NAME.format(1)])
        running.until_rescanned()
        assert running.names() == [NAME.format(1)]
    until(lambda: not spool_files(running.spool))
    assert len(stored(running.house).contacts) == 1


# --- what cannot be taken in -----------------------------------------------------------------------------------------


def put_symlink(place: Path) -> None:
    place.symlink_to(put(place.parent.parent, "elsewhere.wav", sound()))


def put_broken_symlink(place: Path) -> None:
    place.symlink_to("/nowhere/at/all.wav")


@pytest.mark.parametrize("make", [put_symlink, put_broken_symlink, os.mkfifo])
def test_what_is_no_file_is_noted_once_and_left_where_it_lies(running: Loop, make: Any) -> None:
    make(running.spool / NAME.format(1))
    until(lambda: running.reasons() == [(NAME.format(1), "not-a-regular-file")])
    running.until_rescanned(3)
    assert running.reasons() == [(NAME.format(1), "not-a-regular-file")]
    assert [entry["action"] for entry in entries(running.house)] == ["quarantine.add"]
    assert [file.name for file in spool_files(running.spool)] == [NAME.format(1)]
    assert running.names() == []


def test_another_state_of_it_takes_the_place_of_the_note(running: Loop) -> None:
    place = running.spool / NAME.format(1)
    os.mkfifo(place)
    until(running.reasons)
    (first,) = stored(running.house).quarantined
    place.unlink()
    os.mkfifo(place)
    until(lambda: [item.id for item in stored(running.house).quarantined] not in ([], [first.id]))
    running.until_rescanned(3)
    assert len(stored(running.house).quarantined) == 1


def test_what_is_there_no_longer_leaves_the_quarantine(running: Loop) -> None:
    (running.spool / NAME.format(1)).symlink_to("/nowhere")
    until(running.reasons)
    (item,) = stored(running.house).quarantined
    (running.spool / NAME.format(1)).unlink()
    until(lambda: not running.reasons())
    assert (entries(running.house)[-1]["action"], entries(running.house)[-1]["target"]) == ("quarantine.end", item.id)


def test_a_file_that_may_not_be_opened_is_noted_and_taken_in_once_it_may(
    running: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = intake_loop.open_in_spool

    def refused(spool_fd: int, relative_name: str) -> Any:
        if relative_name == NAME.format(1):
            raise PermissionError(errno.EACCES, "Permission denied")
        return opening(spool_fd, relative_name)

    with monkeypatch.context() as patched:
        patched.setattr(intake_loop, "open_in_spool", refused)
        put(running.spool, NAME.format(1), sound(seed=1))
        put(running.spool, NAME.format(2), sound(seed=2))
        until(lambda: running.reasons() == [(NAME.format(1), "unreadable")])
        until(lambda: running.names() == [NAME.format(2)])
        (item,) = stored(running.house).quarantined
        assert item.detail == "Permission denied"
        running.until_rescanned()
        assert len(running.reasons()) == 1
    until(lambda: running.names() == [NAME.format(1), NAME.format(2)])
    until(lambda: not running.reasons())
    with running.house.register.read():
        assert quarantine.count_open() == 0


BAD = {
    "empty.wav": (b"", "empty"),
    "header-only.wav": (wav.riff(wav.fmt(), wav.chunk(b"data", b"")), "no-samples"),
    "not-audio.wav": (b"<html>" + bytes(500), "not-audio"),
    "newline\n.wav": (b"no recording", "not-audio"),
    "escape\x1b[2J.wav": (b"no recording", "not-audio"),
    "[red]markup.wav": (b"no recording", "not-audio"),
    os.fsdecode(b"\xff\xfe.wav"): (b"no recording", "not-audio"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_go_into_the_quarantine_and_hold_up_no_good_one(running: Loop, name: str) -> None:
    content, reason = BAD[name]
    put(running.spool, name, content)
    put(running.spool, NAME.format(1), sound())
    until(lambda: running.names() == [NAME.format(1)])
    until(lambda: [found for _, found in running.reasons()] == [reason])
    (item,) = stored(running.house).quarantined
    assert item.path == os.fsencode(name)
    assert item.sha256 == hashlib.sha256(content).digest()
    until(lambda: not spool_files(running.spool))
    assert findings(running.house) == []


def test_a_file_that_claims_4_gib_is_taken_in_with_the_bytes_that_are_there(running: Loop) -> None:
    content = wav.riff(wav.fmt(), wav.chunk(b"data", wav.SECOND, size=0xFFFF_FFFF), size=0xFFFF_FFFF)
    put(running.spool, NAME.format(1), content)
    until(lambda: running.names() == [NAME.format(1)])
    assert stored(running.house).contacts[0].duration_ms == 1000


def test_the_journal_tells_no_name_and_no_number(
    running: Loop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise LookupError(NAME.format(1))

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "write", broken)
        put(running.spool, NAME.format(1), sound())
        until(lambda: "LookupError" in caplog.text)
    until(lambda: running.names() == [NAME.format(1)])
    assert "70174060" not in caplog.text
    assert ".wav" not in caplog.text


def test_a_folder_that_vanishes_is_no_trouble(running: Loop) -> None:
    until(lambda: running.loop.status()[0].trouble is None)
    for number in range(10):
        put(running.spool, f"day{number}/" + NAME.format(number), sound(0.1, seed=number))
        shutil.rmtree(running.spool / f"day{number}", ignore_errors=True)  # some of it may be taken in already
    put(running.spool, NAME.format(99), sound())
    until(lambda: NAME.format(99) in running.names())
    assert running.loop.paused is None
