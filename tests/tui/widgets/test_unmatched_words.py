from __future__ import annotations

import pytest

from agent import wire
from tests.tui.fake_register import FakeRegister
from tui.widgets.unmatched_words import UNMATCHED_COLUMNS, fitting_words, source_title, unmatched_lines


def source(**how: int) -> wire.UnmatchedSource:
    counts = {"call_count": 0, "recording_count": 0, "uncertain": 0} | how
    return wire.UnmatchedSource(source="pbx", calls=[], recordings=[], **counts)


@pytest.mark.parametrize(
    ("counts", "title", "instead"),
    [
        ({}, "pbx", "Every call has its recording, and every recording its call."),
        (
            {"uncertain": 1},
            "pbx: 0 calls without a recording, 0 recordings without a call, 1 recording does not say its call",
            "The others fit together.",
        ),
    ],
)
def test_what_fits_is_said_and_nothing_is_claimed_of_what_could_not_be_compared(
    counts: dict[str, int], title: str, instead: str
) -> None:
    assert source_title(source(**counts)) == title
    assert fitting_words(source(**counts)) == instead
    assert unmatched_lines(source(**counts)) == []


def test_what_is_not_named_is_counted() -> None:
    lines = unmatched_lines(source(call_count=1200, recording_count=3))
    assert lines[-1][-1].text == "and 1,203 more"


def test_records_that_could_not_be_read_are_one_alarm_in_words() -> None:
    ((alarm,),) = unmatched_lines(FakeRegister().unmatched().sources[1])
    assert (alarm.text, alarm.tone) == ("! The call records cannot be read: there is no such file", "error")
    assert all(len(line) == UNMATCHED_COLUMNS for line in unmatched_lines(FakeRegister().unmatched().sources[0]))
