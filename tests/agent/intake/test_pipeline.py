from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.installation import Installation
from agent.intake import removal
from agent.intake.opened import open_in_spool
from agent.intake.pipeline import Pipeline, SourceChanged, Taken, spool_of
from agent.intake.wav import NotWav
from db.engine import RegisterUnwritable, database
from tests.agent.calls import put, sound
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, leaves
from tests.agent.stored import findings, spool_files, stored, vault_files
from tests.assets import wav

NAME = "in-3201-0046701740605-20261123-140500-1795442700.1.wav"
NUMBER = "0046701740605"

Take = Callable[..., Taken]


class Calls:
    """The module `os` with some of its calls replaced, for one module that uses it."""

    def __init__(self, replaced: dict[str, Callable[..., None]]) -> None:
        self._replaced = replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced.get(name) or getattr(os, name)


@pytest.fixture
def spool(house: Installation) -> Path:
    return house.settings.source[0].spool


@pytest.fixture
def take(house: Installation, spool: Path) -> Take:
    """Put a file into the spool, when it is given, and take what has its name in."""

    def taking(name: str = NAME, content: bytes | None = None, pipeline: Pipeline | None = None) -> Taken:
        if content is not None:
            put(spool, name, content)
        source = house.settings.source[0]
        with spool_of(source) as spool_fd, open_in_spool(spool_fd, name) as opened:
            return (pipeline or Pipeline(house)).take_in(source, spool_fd, opened, name)

    return taking


def clear(house: Installation, recording_id: str, wrapped_key: bytes) -> bytes:
    with house.vault.open(recording_id, wrapped_key) as reader:
        return reader.read()


@pytest.mark.parametrize(
    ("name", "content", "encoding", "channels"),
    [
        (NAME, sound(subtype="PCM_16", channels=1), "pcm", 1),
        (NAME, sound(subtype="ALAW", channels=2), "alaw", 2),
        (NAME, sound(subtype="ULAW", channels=1), "mulaw", 1),
        (NAME.replace(".wav", ".WAV"), sound(subtype="GSM610", channels=1), "gsm610", 1),
    ],
)
def test_a_recording_is_sealed_catalogued_logged_and_gone_from_its_spool(
    house: Installation, spool: Path, take: Take, name: str, content: bytes, encoding: str, channels: int
) -> None:
    taken = take("2026/11/23/" + name, content)
    (contact,) = stored(house).contacts
    (recording,) = contact.recordings
    assert (taken.contact_id, taken.account) == (contact.id, "anna.berg")
    assert (recording.encoding, recording.channels, recording.source_name) == (encoding, channels, name)
    assert recording.sha256 == hashlib.sha256(content).digest()
    assert clear(house, recording.id, recording.wrapped_key) == content
    assert spool_files(spool) == []
    entry = entries(house)[-1]
    assert (entry["action"], entry["target"]) == ("contact.take_in", contact.id)
    assert entry["detail"]["recording"] == recording.id
    assert entry["detail"]["sha256"] == recording.sha256.hex()
    assert stored(house).removals == []
    assert findings(house) == []


def test_it_is_kept_where_each_fact_was_read(house: Installation, take: Take) -> None:
    take(content=sound())
    (contact,) = stored(house).contacts
    assert (contact.number, contact.direction, contact.adviser) == ("+46701740605", "in", "Anna Berg")
    provenance = json.loads(contact.provenance)
    assert provenance["number"] == {"read_from": "file name", "said": NUMBER, "problem": ""}
    assert provenance["duration"]["read_from"] == "samples"


def test_no_entry_holds_a_number_or_a_name_of_a_file(house: Installation, take: Take) -> None:
    take(content=sound())
    take("in-3201-0046701740606-20261123-140500-1795442700.2.wav", b"no recording")
    assert b"70174060" not in leaves(house)
    assert b".wav" not in leaves(house)


def test_what_is_no_recording_is_sealed_in_the_quarantine(house: Installation, spool: Path, take: Take) -> None:
    assert take(content=b"a voice in a format of the future") == Taken(None)
    (item,) = stored(house).quarantined
    assert item.reason == "not-audio"
    assert item.wrapped_key is not None
    assert clear(house, item.id, item.wrapped_key) == b"a voice in a format of the future"
    assert spool_files(spool) == []
    entry = entries(house)[-1]
    assert (entry["action"], entry["target"]) == ("quarantine.add", item.id)
    assert entry["detail"]["sha256"] == hashlib.sha256(b"a voice in a format of the future").hexdigest()
    assert findings(house) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"RIFF", "not-audio"),
        (wav.riff(wav.fmt(), wav.chunk(b"data", b"")), "no-samples"),
        (wav.riff(wav.chunk(b"data", bytes(100))), "no-format"),
        (b"%PDF-1.7 " + bytes(100), "not-audio"),
    ],
)
def test_each_bad_file_has_its_reason(house: Installation, take: Take, content: bytes, reason: str) -> None:
    take(content=content)
    assert [item.reason for item in stored(house).quarantined] == [reason]
    assert findings(house) == []


def test_a_file_that_claims_4_gib_has_the_length_of_its_bytes(house: Installation, take: Take) -> None:
    claims = wav.riff(wav.fmt(), wav.chunk(b"data", wav.SECOND, size=0xFFFF_FFFF), size=0xFFFF_FFFF)
    take(content=claims)
    ((recording,),) = (contact.recordings for contact in stored(house).contacts)
    assert (recording.duration_ms, recording.interrupted) == (1000, True)


def test_a_quarantined_file_that_still_is_no_recording_makes_no_contact(house: Installation, take: Take) -> None:
    take(content=b"still no recording")
    (item,) = stored(house).quarantined
    with pytest.raises(NotWav):
        Pipeline(house).quarantine.read_again(item)


def test_a_quarantined_file_that_can_be_read_after_all_makes_the_contact_that_it_would_have_been(
    house: Installation, spool: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_arguments: object) -> None:
        raise NotWav("impossible-format")

    put(spool, NAME + ".json", b'{"adviser": "mikko.laine"}')
    with monkeypatch.context() as patched:
        patched.setattr("agent.intake.pipeline.read_header", unknown)
        take(content=sound())
    (item,) = stored(house).quarantined
    contact = Pipeline(house).quarantine.read_again(item)
    (recording,) = contact.recordings
    assert (contact.number, contact.adviser, contact.duration_ms) == ("+46701740605", "Mikko Laine", 1000)
    assert (recording.id, recording.sha256) == (item.id, hashlib.sha256(sound()).digest())
    assert stored(house).contacts == []


@pytest.mark.parametrize("content", [sound(), b"no recording"])
def test_a_file_that_changes_while_it_is_read_is_not_complete(
    house: Installation, spool: Path, take: Take, content: bytes
) -> None:
    def write_on(step: str) -> None:
        if step == "sealed":
            with (spool / NAME).open("ab") as file:
                file.write(b"more")

    with pytest.raises(SourceChanged):
        take(content=content, pipeline=Pipeline(house, write_on))
    assert stored(house).sha256s == []
    assert vault_files(house) == []
    assert (spool / NAME).read_bytes() == content + b"more"


def test_a_file_that_is_replaced_while_it_is_read_is_left_to_the_next_look(
    house: Installation, spool: Path, take: Take
) -> None:
    def replace(step: str) -> None:
        if step == "sealed":
            put(spool, "other", sound(seed=7)).replace(spool / NAME)

    with pytest.raises(SourceChanged):
        take(content=sound(), pipeline=Pipeline(house, replace))
    assert vault_files(house) == []
    assert (spool / NAME).read_bytes() == sound(seed=7)


# --- what lies beside it ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beside", [NAME + ".json", NAME.replace(".wav", ".json")])
def test_a_sidecar_is_read_kept_and_gone_with_its_recording(
    house: Installation, spool: Path, take: Take, beside: str
) -> None:
    said = json.dumps({"number": "+447700900123", "adviser": "mikko.laine"}).encode()
    put(spool, beside, said)
    take(content=sound())
    (contact,) = stored(house).contacts
    assert (contact.number, contact.adviser) == ("+447700900123", "Mikko Laine")
    assert contact.recordings[0].sidecar == said
    assert spool_files(spool) == []


@pytest.mark.parametrize("said", [b"no JSON", b'{"number": "../../x"}', b"[" * 100_000, b"\xff\xfe", b""])
def test_a_sidecar_that_makes_no_sense_takes_no_recording_with_it(
    house: Installation, spool: Path, take: Take, said: bytes
) -> None:
    put(spool, NAME + ".json", said)
    take(content=sound())
    (contact,) = stored(house).contacts
    assert contact.number == "+46701740605"
    assert contact.recordings[0].sidecar == said
    assert spool_files(spool) == []


def test_a_sidecar_of_100_mb_is_left_and_said(house: Installation, spool: Path, take: Take) -> None:
    huge = spool / (NAME + ".json")
    with huge.open("wb") as file:
        file.truncate(100_000_000)
    take(content=sound())
    (contact,) = stored(house).contacts
    assert contact.recordings[0].sidecar is None
    assert contact.attention is not None
    assert "sidecar: the sidecar is larger than a sidecar" in contact.attention
    assert spool_files(spool) == [huge]


def test_a_sidecar_that_is_still_written_holds_its_recording_up(
    house: Installation, spool: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = put(spool, NAME + ".json", b'{"number": "+4477')
    pread = os.pread

    def written_on(descriptor: int, length: int, offset: int) -> bytes:
        part = pread(descriptor, length, offset)
        beside.write_bytes(b'{"number": "+447700900123"}')
        return part

    with monkeypatch.context() as patched:
        patched.setattr(os, "pread", written_on)
        with pytest.raises(SourceChanged):
            take(content=sound())
    assert vault_files(house) == []
    take()
    assert [contact.number for contact in stored(house).contacts] == ["+447700900123"]


@pytest.mark.parametrize("kind", ["symlink", "fifo", "folder"])
def test_a_sidecar_that_is_no_file_is_not_followed(house: Installation, spool: Path, take: Take, kind: str) -> None:
    beside, secret = spool / (NAME + ".json"), spool.parent / "secret"
    secret.write_text('{"number": "+447700900123"}')
    {"symlink": lambda: beside.symlink_to(secret), "fifo": lambda: os.mkfifo(beside), "folder": beside.mkdir}[kind]()
    take(content=sound())
    (contact,) = stored(house).contacts
    assert contact.number == "+46701740605"
    assert contact.recordings[0].sidecar is None


# --- a number that is secret -----------------------------------------------------------------------------------------


def register_bytes(house: Installation) -> bytes:
    """Every value of every table, in the clear."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
    with house.register.read():
        names = [name for (name,) in database.execute_sql(tables).fetchall()]
        rows = [row for name in names for row in database.execute_sql(f'SELECT * FROM "{name}"').fetchall()]  # noqa: S608
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)


@pytest.mark.parametrize(
    "name",
    [
        NAME,
        "force-3201-+46701740605-20261123-140500-1795442700.1.wav",
        "in-0701740605-3201-20261123-140500-1795442700.1.wav",
        "in-3201-070-174-0605-20261123-140500-1795442700.1.wav",
        "out-0701740605-3201-20261123-140500-1795442700.1.wav",
        "in-0701740605-0701740605-20261123-140500-1795442700.1.wav",
        "20261123_140500_%2B46701740605.wav",
        "070-1740605.wav",
    ],
)
def test_a_number_that_is_secret_is_kept_nowhere_though_the_name_tells_it(
    house: Installation, take: Take, spool: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    said: dict[str, Any] = {"number": None, "direction": "in", "callid": "x-0046701740605"}
    put(spool, name + ".json", json.dumps(said).encode())
    take(name, sound())
    (contact,) = stored(house).contacts
    assert (contact.number, contact.withheld) == (None, True)
    assert "withheld" in contact.recordings[0].source_name
    for digits in (b"1740605", b"174-0605", b"5060471"):
        assert digits not in register_bytes(house)
    assert "0605" not in caplog.text
    assert findings(house) == []


def test_the_rest_of_such_a_name_is_kept(house: Installation, take: Take, spool: Path) -> None:
    put(spool, NAME + ".json", b'{"number": "anonymous", "extension": "3201"}')
    take(content=sound())
    ((recording,),) = (contact.recordings for contact in stored(house).contacts)
    assert recording.source_name == "in-3201-withheld-20261123-140500-1795442700.1.wav"
    assert recording.sidecar == b'{"number": "anonymous", "extension": "3201"}'


# --- what fails ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [sound(), b"no recording"])
def test_a_register_that_cannot_be_written_leaves_the_file_where_it_lies(
    house: Installation, spool: Path, take: Take, content: bytes
) -> None:
    with unwritable(house), pytest.raises(RegisterUnwritable):
        take(content=content)
    assert vault_files(house) == []
    assert stored(house).sha256s == []
    assert (spool / NAME).read_bytes() == content
    take()
    assert stored(house).sha256s == [hashlib.sha256(content).digest()]
    assert findings(house) == []


def test_a_row_that_cannot_be_made_leaves_no_sealed_file(
    house: Installation, spool: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(content=sound())
    (contact,) = stored(house).contacts
    monkeypatch.setattr("agent.intake.catalogue.new_contact_id", lambda: contact.id)
    before = vault_files(house)
    with pytest.raises(Exception, match="UNIQUE"):
        take("in-3201-0046701740606-20261123-140500-1795442700.2.wav", sound(seed=2))
    assert vault_files(house) == before


@pytest.mark.parametrize("call", ["rename", "unlink", "fsync"])
def test_a_source_that_cannot_be_removed_is_taken_in_once_and_removed_later(
    house: Installation, spool: Path, take: Take, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    pipeline = Pipeline(house)

    with monkeypatch.context() as patched:
        patched.setattr(removal, "os", Calls({call: _fail}))
        take(content=sound(), pipeline=pipeline)
        assert len(stored(house).removals) == 1
        if call == "rename":
            source = house.settings.source[0]
            with spool_of(source) as spool_fd, open_in_spool(spool_fd, NAME) as opened:
                assert pipeline.is_taken_in(source, NAME, opened.identity)
    pipeline.finish_removals()
    assert spool_files(spool) == []
    assert stored(house).removals == []
    assert len(stored(house).contacts) == 1


def test_another_file_under_the_name_of_one_that_could_not_be_removed_is_taken_in_too(
    house: Installation, spool: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = Pipeline(house)
    with monkeypatch.context() as patched:
        patched.setattr("agent.intake.leaving.remove", _fail)
        take(content=sound(), pipeline=pipeline)
    put(spool, "new", sound(seed=5)).replace(spool / NAME)
    source = house.settings.source[0]
    with spool_of(source) as spool_fd, open_in_spool(spool_fd, NAME) as opened:
        assert not pipeline.is_taken_in(source, NAME, opened.identity)
    take(pipeline=pipeline)
    assert len(stored(house).contacts) == 2
    pipeline.finish_removals()
    assert spool_files(spool) == []
    assert stored(house).removals == []


def _fail(*_arguments: object, **_options: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")


def test_a_stranger_under_the_name_gets_it_back(
    house: Installation, spool: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody replaces the file between the look and the renaming."""
    rename = os.rename

    def replaced(name: str, taken: str, **folders: int) -> None:
        put(spool, "other", b"a stranger").replace(spool / NAME)
        rename(name, taken, **folders)

    with monkeypatch.context() as patched:
        patched.setattr(removal, "os", Calls({"rename": replaced}))
        take(content=sound())
    assert [file.name for file in spool_files(spool)] == [NAME]
    assert (spool / NAME).read_bytes() == b"a stranger"
    assert stored(house).removals == []


def test_a_stranger_whose_name_was_taken_meanwhile_gets_it_back_when_it_is_free(
    house: Installation, spool: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def replaced(name: str, taken: str, **folders: int) -> None:
        put(spool, "other", b"a stranger").replace(spool / NAME)
        rename(name, taken, **folders)
        put(spool, NAME, b"a third")

    pipeline = Pipeline(house)
    with monkeypatch.context() as patched:
        patched.setattr(removal, "os", Calls({"rename": replaced}))
        take(content=sound(), pipeline=pipeline)
    pipeline.finish_removals()
    assert (spool / NAME).read_bytes() == b"a third"
    (spool / NAME).unlink()
    pipeline.finish_removals()
    assert [(file.name, file.read_bytes()) for file in spool_files(spool)] == [(NAME, b"a stranger")]
    assert stored(house).removals == []


def test_a_crash_before_a_stranger_has_its_name_back_does_not_hide_it_for_ever(
    house: Installation, spool: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("agent.intake.leaving.remove", _fail)
        take(content=sound())
    (removal_record,) = stored(house).removals
    put(spool, f".{removal_record.id}.taken", b"a stranger")
    (spool / NAME).unlink()
    Pipeline(house).recover()
    assert (spool / NAME).read_bytes() == b"a stranger"


@pytest.mark.parametrize("year", [1902, 1970, 2300, 2445])
def test_a_time_of_writing_in_a_far_year_stops_nothing(house: Installation, spool: Path, take: Take, year: int) -> None:
    at = datetime(year, 1, 1, tzinfo=UTC).timestamp()
    os.utime(put(spool, "x.wav", sound()), (at, at))
    take("x.wav")
    assert [contact.attention is not None for contact in stored(house).contacts] == [True]
    assert spool_files(spool) == []
    assert findings(house) == []


@pytest.mark.parametrize(
    "name",
    ["a\nb.wav", "\x1b[31mred.wav", "[red]a.wav", "'; DROP TABLE contact; --.wav", "x" * 251 + ".wav"],
)
def test_a_hostile_name_is_a_name(house: Installation, spool: Path, take: Take, name: str) -> None:
    take(name, sound())
    ((recording,),) = (contact.recordings for contact in stored(house).contacts)
    assert recording.source_name == name
    assert spool_files(spool) == []


def test_a_name_that_is_no_utf_8_is_taken_in(house: Installation, spool: Path, take: Take) -> None:
    name = os.fsdecode(b"in-3201-0046701740605-20261123-140500-1795442700.1\xff.wav")
    take(name, sound())
    ((recording,),) = (contact.recordings for contact in stored(house).contacts)
    assert recording.source_name.endswith(".1\N{REPLACEMENT CHARACTER}.wav")
    assert spool_files(spool) == []
