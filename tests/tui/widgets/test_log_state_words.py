from __future__ import annotations

from datetime import timedelta

import pytest

from agent import wire
from tests.tui.fake_register import NEWEST_AT, FakeRegister
from tui.widgets.log_state_words import state_lines, state_parts, when_words


def state(**changed: object) -> wire.LogState:
    return FakeRegister().state(4000).model_copy(update=changed)


def full(**changed: object) -> list[str]:
    return [part.full for part in state_parts(state(**changed), NEWEST_AT)]


def test_a_log_that_is_well_says_so_in_five_facts() -> None:
    assert full() == [
        "log whole, checked 14:00",
        "witness 14:01",
        "checkpoint 14:05",
        "direct opens are named",
        "nothing odd",
    ]


def test_a_log_that_cannot_be_written_says_so_in_so_many_words_and_first() -> None:
    parts = state_parts(state(can_log=False, trouble=["disk full"], odd=3), NEWEST_AT)
    assert parts[0].full == "! cannot log, so nothing is released: disk full"
    assert parts[0].short == "! cannot log"
    assert parts[0].tone == "error"


SENTRY = wire.SentryState(seeing="attributed")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"verified_whole": None}, "! never checked"),
        ({"verified_whole": False}, "! the log is NOT WHOLE, checked 14:00"),
        ({"checkpoint_at": None}, "! no checkpoint"),
        ({"witnesses": [wire.WitnessState(name="north")]}, "! witness north: has signed nothing yet"),
        (
            {"witnesses": [wire.WitnessState(name="north", at=NEWEST_AT, trouble="the log shrank")]},
            "! witness north: the log shrank",
        ),
        ({"sentry": None}, "! direct opens are not seen"),
        (
            {"sentry": wire.SentryState(seeing="nothing", trouble="why it is so stands in the dialog")},
            "! direct opens are not seen",
        ),
        ({"sentry": wire.SentryState(seeing="unattributed")}, "! direct opens are seen without names"),
        ({"sentry": SENTRY.model_copy(update={"gaps": 2})}, "! 2 gaps in watching"),
        ({"odd": 1}, "! 1 odd finding"),
        ({"trouble": ["the clock was set back"]}, "! the clock was set back"),
    ],
)
def test_what_is_wrong_has_a_sign_and_comes_before_what_is_well(changed: dict[str, object], words: str) -> None:
    assert full(**changed)[0] == words
    short = state_parts(state(**changed), NEWEST_AT)[0].short
    assert short.startswith("!")


def test_no_witness_is_said_without_alarm() -> None:
    assert "no witness" in full(witnesses=[])


def test_of_several_witnesses_the_oldest_signature_counts() -> None:
    witnesses = [
        wire.WitnessState(name=name, at=NEWEST_AT - timedelta(minutes=minutes))
        for name, minutes in (("north", 1), ("south", 9))
    ]
    assert "2 witnesses 13:56" in full(witnesses=witnesses)


def test_what_was_not_today_is_told_with_its_day() -> None:
    assert when_words(NEWEST_AT, NEWEST_AT + timedelta(hours=3)) == "14:05"
    assert when_words(NEWEST_AT, NEWEST_AT + timedelta(hours=12)) == "2026-11-23"


def test_in_full_each_fact_has_its_exact_moment_and_its_size() -> None:
    told = {label.text: said.text for label, said in state_lines(state(odd=2))}
    assert told["checkpoint"] == "2026-11-23 14:05:00 +02:00, the first 4,000 entries"
    assert told["last check"] == "2026-11-23 14:00:00 +02:00, the first 3,960 entries: whole"
    assert told["witness"].startswith("north: 2026-11-23 14:01:00")
    assert told["odd"] == "! 2 odd findings"


def test_in_full_what_is_missing_is_said_too() -> None:
    bare = wire.LogState(size=0, can_log=False, trouble=["disk full"])
    told = {label.text: said.text for label, said in state_lines(bare)}
    assert told["can log"].startswith("! cannot log")
    assert told["trouble"] == "! disk full"
    assert told["checkpoint"] == "–"
    assert told["witness"].startswith("none")
    assert told["sentry"] == "! direct opens are not seen"
