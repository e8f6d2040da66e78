from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from agent.errors import NotPermitted
from agent.intake import call_records
from agent.intake.metadata.master_csv import CallRecord, read_line
from agent.services.desk import Desk
from agent.settings import Settings
from agent.wire import Role
from tests.agent.calls import call_file, sound
from tests.agent.clock import Clock
from tests.agent.conftest import People
from tests.agent.intake.test_call_records import line
from tests.agent.log_reading import leaves, newest

NAME = "in-3201-0046701740605-20261123-140500-{0}.wav"


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    source = settings.source[0].model_copy(update={"call_records": tmp_path / "Master.csv"})
    return settings.model_copy(update={"source": [source]})


@pytest.fixture
def records(tmp_path: Path) -> Path:
    covering = line("1795000000.1", **{"2026-11-23": "2026-11-10", "ANSWERED": "BUSY"})
    file = tmp_path / "Master.csv"
    file.write_bytes(covering + line("1795435500.1") + line("1795435500.2"))
    return file


def test_calls_and_recordings_that_do_not_fit_together_are_said_and_the_look_is_an_entry(
    desk: Desk, people: People, settings: Settings, records: Path, clock: Clock
) -> None:
    clock.forward(hours=8)
    call_file(desk, settings.source[0], NAME.format("1795435500.1"), content=sound(0.2))
    odd = call_file(desk, settings.source[0], NAME.format("1795435500.9"), content=sound(0.2, seed=1))
    (report,) = desk.unmatched.report(people.caller(Role.MAINTENANCE))
    assert [call.unique_id for call in report.found.calls] == ["1795435500.2"]
    assert [(recording.contact_id, recording.call_id) for recording in report.found.recordings] == [
        (odd, "1795435500.9")
    ]
    assert (report.trouble, report.unreadable_lines) == ("", 0)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["detail"]) == ("unmatched.read", "allowed", {"days": 7})
    assert b"701740605" not in leaves(desk.house)


def test_what_is_told_is_newest_first_bounded_and_counted(
    desk: Desk, people: People, settings: Settings, records: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.forward(hours=8)
    odd = call_file(desk, settings.source[0], NAME.format("1795435500.9"), content=sound(0.2))
    told = desk.unmatched.read(people.caller(Role.MAINTENANCE))
    assert told.days == 7
    (source,) = told.sources
    assert (source.source, source.trouble, source.call_count, source.recording_count) == ("pbx", None, 2, 1)
    assert {call.call_id for call in source.calls} == {"1795435500.1", "1795435500.2"}
    assert [(recording.contact_id, recording.call_id) for recording in source.recordings] == [(odd, "1795435500.9")]
    assert source.recordings[0].at.isoformat() == "2026-11-23T12:05:00+00:00"
    monkeypatch.setattr("agent.services.unmatched.SHOWN", 1)
    (source,) = desk.unmatched.read(people.caller(Role.MAINTENANCE)).sources
    assert (source.call_count, len(source.calls)) == (2, 1)


def test_the_intake_goes_on_while_the_records_are_read(desk: Desk, records: Path, settings: Settings) -> None:
    calls, source = desk.pipeline.calls, settings.source[0]
    with calls.since("pbx", datetime.fromisoformat("2026-11-01")) as told:
        reading = told.calls()
        next(reading)
        asked = calls.record_of(source)
        assert asked is not None
        assert asked("1795435500.2") is not None
        assert [call.unique_id for call in reading] == ["1795435500.1", "1795435500.2"]


def test_a_second_look_reads_neither_what_is_known_nor_what_is_too_old(
    desk: Desk, people: People, settings: Settings, records: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_records, "_STEP_BYTES", 1)
    old = b"".join(line(f"1790000000.{number}", **{"2026-11-23": "2026-10-01"}) for number in range(50))
    records.write_bytes(old + records.read_bytes())
    clock.forward(hours=8)
    odd = call_file(desk, settings.source[0], NAME.format("1795435500.9"), content=sound(0.2))
    caretaker = people.caller(Role.MAINTENANCE)
    first = desk.unmatched.read(caretaker)
    read: list[bytes] = []

    def counted(told: bytes) -> CallRecord | None:
        read.append(told)
        return read_line(told)

    monkeypatch.setattr(call_records, "read_line", counted)
    assert desk.unmatched.read(caretaker) == first
    assert len(read) == 2, "the calls of the last days, once"
    assert {call.call_id for call in first.sources[0].calls} == {"1795435500.1", "1795435500.2"}
    assert [recording.contact_id for recording in first.sources[0].recordings] == [odd]


def test_records_that_cannot_be_read_are_said(desk: Desk, people: People) -> None:
    (report,) = desk.unmatched.report(people.caller(Role.MAINTENANCE))
    assert report.trouble == "No such file or directory"
    assert report.found.calls == ()


def test_whoever_may_not_read_the_intake_may_not_read_this(desk: Desk, people: People, records: Path) -> None:
    with pytest.raises(NotPermitted):
        desk.unmatched.report(people.caller(Role.ADVISER))
    assert newest(desk.house)["outcome"] == "refused"
