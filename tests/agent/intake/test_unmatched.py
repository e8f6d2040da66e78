from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from agent.intake.metadata.master_csv import CallRecord, read_line
from agent.intake.unmatched import GRACE, Recorded, Unmatched, unmatched
from tests.agent.intake.metadata.test_master_csv import LINE

NOW = datetime.fromisoformat("2026-11-23T18:00:00")
SINCE = NOW - timedelta(days=1)
FOUND = read_line(LINE.encode())
assert FOUND is not None
CALL: CallRecord = FOUND
STARTED = datetime.fromisoformat("2026-11-23T14:05:02")
FIRST = replace(CALL, unique_id="0.1", linked_id="0.1", started=SINCE - timedelta(days=3), billed_s=0)
"""So that the records cover the time."""


def compared(calls: list[CallRecord], recordings: list[Recorded]) -> Unmatched:
    return unmatched([FIRST, *calls], recordings, since=SINCE, now=NOW, least_s=2)


def recorded(call_id: str | None, started: datetime = STARTED) -> Recorded:
    return Recorded("c-1", call_id, started)


def test_a_call_with_its_recording_is_nothing_to_say() -> None:
    assert compared([CALL], [recorded(CALL.unique_id)]) == Unmatched((), (), 0)


def test_a_call_without_a_recording_and_a_recording_without_a_call_are_said() -> None:
    odd = recorded("9.9")
    assert compared([CALL], [odd]) == Unmatched((CALL,), (odd,), 0)


def test_a_recording_of_another_part_of_the_call_is_enough() -> None:
    other = replace(CALL, unique_id="7.7")
    assert compared([CALL, other], [recorded("7.7")]).calls == ()
    assert compared([other, CALL], [recorded("7.7")]).calls == ()
    assert compared([CALL], [recorded(CALL.linked_id)]) == Unmatched((), (), 0)


def test_what_nobody_spoke_in_or_is_too_short_too_new_or_too_old_is_not_missed() -> None:
    for call in (
        replace(CALL, disposition="NO ANSWER"),
        replace(CALL, billed_s=0),
        replace(CALL, billed_s=1),
        replace(CALL, ended=NOW - GRACE + timedelta(seconds=1)),
        replace(CALL, ended=SINCE - timedelta(seconds=1)),
        replace(CALL, ended=None),
    ):
        assert compared([call], []).calls == ()
    assert compared([replace(CALL, ended=NOW - GRACE)], []).calls != ()


def test_a_recording_that_the_records_do_not_cover_is_not_odd() -> None:
    for started in (NOW - GRACE + timedelta(seconds=1), SINCE - timedelta(seconds=1)):
        assert compared([], [recorded("9.9", started)]).recordings == ()
    assert unmatched([], [recorded("9.9")], since=SINCE, now=NOW).recordings == ()
    late = replace(FIRST, started=STARTED - GRACE + timedelta(seconds=1))
    assert unmatched([late], [recorded("9.9")], since=SINCE, now=NOW).recordings == ()


def test_a_recording_that_does_not_say_its_call_is_counted() -> None:
    assert compared([], [recorded(None), recorded(None, SINCE - timedelta(seconds=1))]).uncertain == 1
