from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.settings.office_hours import OfficeHours

ZONE = "Europe/Helsinki"


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("from_at", "until_at", "hours"),
    [
        (at(23, 6), at(23, 14), 8),  # Monday 08 to 16
        (at(23, 7), at(23, 9), 2),
        (at(23, 12), at(24, 7), 3),  # over a night
        (at(20, 13), at(23, 7), 2),  # over a week-end
        (at(21, 0), at(22, 23), 0),
        (at(23, 9), at(23, 7), 0),  # backwards
    ],
)
def test_office_time_between_two_moments(from_at: datetime, until_at: datetime, hours: float) -> None:
    assert OfficeHours.read("mon-fri 08:00-16:00").open_s(from_at, until_at, ZONE) == hours * 3600


def test_days_may_differ() -> None:
    hours = OfficeHours.read("mon-thu 08:00-16:00, fri 08:00-15:00")
    assert hours.open_s(at(23, 0), at(28, 0), ZONE) == (4 * 8 + 7) * 3600


def test_a_day_on_which_clocks_are_set_has_the_hours_that_passed() -> None:
    hours = OfficeHours.read("mon-sun 00:00-12:00")
    assert hours.open_s(at(25, 0, month=10), at(25, 12, month=10), ZONE) == 10 * 3600


@pytest.mark.parametrize("said", ["", "mon", "fri-mon 08:00-16:00", "mon 16:00-08:00", "mon 8-16", "mon 25:00-26:00"])
def test_what_is_no_office_hours_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"office hours|before the beginning|time of day"):
        OfficeHours.read(said)
