from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tui.widgets.time_jump import Span, index_at, shifted

NEWEST = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "direction", "expected"),
    [
        ("hour", -1, datetime(2026, 3, 31, 9, 30, tzinfo=UTC)),
        ("day", 1, datetime(2026, 4, 1, 10, 30, tzinfo=UTC)),
        ("month", -1, datetime(2026, 2, 28, 10, 30, tzinfo=UTC)),
        ("month", 1, datetime(2026, 4, 30, 10, 30, tzinfo=UTC)),
    ],
)
def test_a_span_is_an_hour_a_day_or_a_month(span: Span, direction: int, expected: datetime) -> None:
    assert shifted(datetime(2026, 3, 31, 10, 30, tzinfo=UTC), span, direction) == expected


def test_a_month_before_january_is_december() -> None:
    assert shifted(datetime(2026, 1, 15, tzinfo=UTC), "month", -1) == datetime(2025, 12, 15, tzinfo=UTC)


class _List:
    """A row every minute, newest first; counts what was asked."""

    def __init__(self, gone: frozenset[int] = frozenset()) -> None:
        self.asked = 0
        self._gone = gone

    async def instant_at(self, index: int) -> datetime | None:
        self.asked += 1
        return None if index in self._gone else NEWEST - timedelta(minutes=index)


@pytest.mark.parametrize("start", [0, 1, 59, 60, 61, 500, 9_999])
@pytest.mark.parametrize("target", [0, 1, 60, 5_000, 9_999])
def test_the_first_row_that_is_not_newer_is_found_from_anywhere(start: int, target: int) -> None:
    rows = _List()
    at = NEWEST - timedelta(minutes=target)
    found = asyncio.run(index_at(at, start=start, count=10_000, instant_at=rows.instant_at))
    assert found == target


def test_a_moment_before_the_oldest_row_leads_to_the_last() -> None:
    rows = _List()
    at = NEWEST - timedelta(days=365)
    assert asyncio.run(index_at(at, start=3, count=100, instant_at=rows.instant_at)) == 99


def test_a_moment_after_the_newest_row_leads_to_the_first() -> None:
    rows = _List()
    at = NEWEST + timedelta(days=1)
    assert asyncio.run(index_at(at, start=50, count=100, instant_at=rows.instant_at)) == 0


def test_a_near_row_in_a_million_costs_few_questions() -> None:
    rows = _List()
    at = NEWEST - timedelta(minutes=500_060)
    asyncio.run(index_at(at, start=500_000, count=1_000_000, instant_at=rows.instant_at))
    assert rows.asked <= 15


def test_rows_that_have_gone_are_passed_over() -> None:
    rows = _List(gone=frozenset(range(55, 65)))
    at = NEWEST - timedelta(minutes=60)
    assert asyncio.run(index_at(at, start=0, count=1_000, instant_at=rows.instant_at)) == 65
