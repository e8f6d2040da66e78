from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake.metadata.master_csv import LINE_LIMIT_BYTES, CallRecord, read_line

LINE = (
    '"","0701740605","600","from-trunk","""Kund, En"" <0701740605>","PJSIP/trunk-00000001","PJSIP/3201-00000002",'
    '"Queue","600,t,,,120","2026-11-23 14:04:58","2026-11-23 14:05:02","2026-11-23 14:09:00",242,238,"ANSWERED",'
    '"DOCUMENTATION","1795435500.265","","","1795435500.264","17"'
)


def read(line: str) -> CallRecord:
    record = read_line(line.encode())
    assert record is not None
    return record


def test_a_line_says_who_when_and_how_long() -> None:
    record = read(LINE + "\r\n")
    assert (record.unique_id, record.linked_id) == ("1795435500.265", "1795435500.264")
    assert (record.caller, record.called, record.application) == ("0701740605", "600", "Queue")
    assert record.started == datetime.fromisoformat("2026-11-23T14:04:58")
    assert record.answered == datetime.fromisoformat("2026-11-23T14:05:02")
    assert record.ended == datetime.fromisoformat("2026-11-23T14:09:00")
    assert (record.billed_s, record.is_answered) == (238, True)


def test_it_states_what_a_sidecar_could_have_said() -> None:
    statement = read(LINE).statement()
    assert statement.read_from == "call record"
    assert dict(statement.texts) == {
        "started_at": "2026-11-23 14:05:02",
        "caller": "0701740605",
        "called": "600",
        "extension": "3201",
        "queue": "600",
        "call_id": "1795435500.265",
    }


def test_an_older_line_without_linkedid_is_linked_to_itself() -> None:
    record = read(LINE.rsplit(",", 3)[0])
    assert record.linked_id == record.unique_id == "1795435500.265"


@pytest.mark.parametrize("disposition", ["NO ANSWER", "BUSY", "FAILED", "CONGESTION"])
def test_an_unanswered_call_is_none_that_needs_a_recording(disposition: str) -> None:
    record = read(LINE.replace("ANSWERED", disposition))
    assert not record.is_answered
    never = read(LINE.replace('"2026-11-23 14:05:02"', '""'))
    assert (never.answered, never.statement().texts["started_at"]) == (None, "2026-11-23 14:04:58")


def test_a_caller_without_a_number_is_said_to_have_none() -> None:
    assert read(LINE.replace('"0701740605","600"', '"","600"')).statement().texts["caller"] == ""


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        LINE.rsplit(",", 5)[0].encode(),
        LINE.replace('"1795435500.265"', '""').encode(),
        LINE.encode()[:-3],
        LINE.encode() + b"\0",
        LINE.encode() + b"x" * LINE_LIMIT_BYTES,
        LINE.encode() + b"\n" + LINE.encode(),
        b"," * 60,
    ],
)
def test_what_is_no_whole_line_with_a_uniqueid_is_none(line: bytes) -> None:
    assert read_line(line) is None


@given(st.binary(max_size=300), st.integers(0, len(LINE)))
def test_no_bytes_raise_anything(content: bytes, at: int) -> None:
    for line in (content, LINE.encode()[:at] + content + LINE.encode()[at:]):
        record = read_line(line)
        if record is not None:
            record.statement()
