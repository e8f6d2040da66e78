from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.demo.office_hours import is_office_hour, moment_in_office_hours, moment_out_of_hours

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-23 08:29", False),
        ("2026-11-23 08:30", True),
        ("2026-11-23 15:29", True),
        ("2026-11-23 15:30", False),
        ("2026-11-22 12:00", False),
        ("2026-07-01 08:30", True),
    ],
)
def test_the_office_is_open_from_half_past_eight_to_half_past_three_on_weekdays_in_helsinki(
    local: str, expected: bool
) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Europe/Helsinki")).astimezone(UTC)
    assert is_office_hour(at) is expected


def test_moments_in_office_hours_are_in_office_hours_and_not_of_other_weeks() -> None:
    lot = random.Random(1)
    moments = [moment_in_office_hours(lot, MONDAY, 30) for _ in range(300)]
    assert all(map(is_office_hour, moments))
    assert all(MONDAY - timedelta(days=31) < moment < MONDAY + timedelta(hours=2) for moment in moments)


def test_moments_out_of_hours_are_past_and_out_of_office_hours() -> None:
    lot = random.Random(1)
    moments = [moment_out_of_hours(lot, MONDAY, 30) for _ in range(300)]
    assert not any(map(is_office_hour, moments))
    assert all(moment <= MONDAY and not moment.microsecond for moment in moments)


def test_the_morning_is_busier_than_the_last_half_hour() -> None:
    lot = random.Random(1)
    local = [moment_in_office_hours(lot, MONDAY, 30).astimezone(ZoneInfo("Europe/Helsinki")) for _ in range(2000)]
    assert sum(at.hour == 9 for at in local) > 3 * sum(at.hour == 15 for at in local)
