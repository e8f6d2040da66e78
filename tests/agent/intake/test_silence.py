from __future__ import annotations

import pytest

from agent.installation import Installation
from agent.intake.silence import Silence
from agent.settings import Source
from tests.agent.clock import Clock
from tests.agent.log_reading import entries

# The clock begins on Monday 2026-11-23 at 14:00 in Helsinki.


@pytest.fixture
def source(house: Installation) -> Source:
    return house.settings.source[0].model_copy(update={"silent_after_h": 3})


def silent_entries(house: Installation) -> list[str | None]:
    return [entry["target"] for entry in entries(house) if entry["action"] == "source.silent"]


def test_so_many_hours_of_office_time_without_a_file_are_an_alarm_and_one_entry(
    house: Installation, source: Source, clock: Clock
) -> None:
    silence = Silence(house, source)
    silence.look()
    clock.forward(hours=16)  # Tuesday 06:00: two hours of office time
    silence.look()
    assert (silence.trouble, silent_entries(house)) == (None, [])
    clock.forward(hours=3.1)  # 09:06
    for _look in range(3):
        silence.look()
    assert silence.trouble == "no file for 3 hours of office time"
    assert silent_entries(house) == ["pbx"]


def test_a_file_ends_the_silence_and_the_next_one_is_said_again(
    house: Installation, source: Source, clock: Clock
) -> None:
    silence = Silence(house, source)
    silence.heard()
    clock.forward(hours=24)
    silence.look()
    assert silence.since_ms is not None
    silence.heard()
    assert silence.trouble is None
    clock.forward(hours=24)
    silence.look()
    assert silent_entries(house) == ["pbx", "pbx"]


def test_a_source_that_says_nothing_of_it_may_be_silent_for_ever(house: Installation, clock: Clock) -> None:
    silence = Silence(house, house.settings.source[0])
    silence.look()
    clock.forward(hours=2000)
    silence.look()
    assert silence.trouble is None


def test_a_clock_that_is_set_back_is_no_silence(house: Installation, source: Source, clock: Clock) -> None:
    silence = Silence(house, source)
    silence.heard()
    clock.forward(hours=-48)
    silence.look()
    assert silence.trouble is None
