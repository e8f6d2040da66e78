from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.wire import Contact
from tests.tui.fake_register import FakeRegister
from tui.widgets.contact_words import (
    adviser_words,
    at_minute,
    direction_words,
    grouped_number,
    length_words,
    number_words,
    service_words,
    zone_words,
)


def _contact(**changed: object) -> Contact:
    return FakeRegister().contact(3).model_copy(update=changed)


@pytest.mark.parametrize(
    ("duration_s", "expected"),
    [(0.0, "0:00"), (48.9, "0:48"), (252.0, "4:12"), (3599.99, "59:59"), (3852.0, "1:04:12")],
)
def test_a_length_is_minutes_and_seconds_with_hours_when_there_are_any(duration_s: float, expected: str) -> None:
    assert length_words(duration_s) == expected


def test_times_are_in_the_viewers_zone_also_across_the_change_of_summer_time() -> None:
    assert at_minute(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == "2026-10-25 03:30"
    assert at_minute(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "2026-10-25 03:30"
    assert zone_words(datetime(2026, 7, 1, tzinfo=UTC)) == "+03:00"
    assert zone_words(datetime(2026, 12, 1, tzinfo=UTC)) == "+02:00"


def test_a_number_is_grouped_as_it_is_read_aloud() -> None:
    assert grouped_number("+46701740605") == "+46 70 174 06 05"
    assert grouped_number("+447700900123") == "+44 7700 900123"


@pytest.mark.parametrize("text", ["", "not a number", "[red]1[/red]", "\x1b[2J"])
def test_what_is_no_number_is_shown_cleaned_as_it_stands(text: str) -> None:
    assert grouped_number(text) == text.replace("\x1b", "\N{REPLACEMENT CHARACTER}")


def test_what_is_not_there_is_a_word() -> None:
    assert number_words(_contact(number=None, withheld=True)) == "withheld"
    assert number_words(_contact(number=None, withheld=False)) == "(unknown)"
    assert adviser_words(_contact(adviser=None)) == "(nobody matched)"
    assert service_words(_contact(service=None)) == "(unknown)"
    assert direction_words(_contact(direction=None)) == "?"


def test_a_withheld_number_is_never_shown_even_if_the_agent_sent_one() -> None:
    assert number_words(_contact(number="+46701740605", withheld=True)) == "withheld"
