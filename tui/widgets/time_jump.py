"""Find the row an hour, a day or a month away in a list that is ordered newest first. No I/O of its own."""

from __future__ import annotations

import calendar
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal

Span = Literal["hour", "day", "month"]
InstantAt = Callable[[int], Awaitable[datetime | None]]


def shifted(at: datetime, span: Span, direction: int) -> datetime:
    """The moment one span later (`direction` 1) or earlier (-1), within a month's days."""
    if span == "hour":
        return at + timedelta(hours=direction)
    if span == "day":
        return at + timedelta(days=direction)
    months = at.year * 12 + at.month - 1 + direction
    year, month = months // 12, months % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


async def index_at(target: datetime, *, start: int, count: int, instant_at: InstantAt) -> int:
    """Find the first row, counted from the newest, that is not newer than `target`; the last row if all are.

    It gallops away from `start` and then halves, so that a near row costs few questions. `instant_at` may
    answer None for a row that has gone; such a row counts as newer.
    """

    async def is_reached(index: int) -> bool:
        at = await instant_at(index)
        return at is not None and at <= target

    low, high = -1, count - 1
    step = 1
    probe = start
    if await is_reached(start):
        high = start
        while (probe := high - step) > low:
            if not await is_reached(probe):
                low = probe
                break
            high, step = probe, step * 2
    else:
        low = start
        while (probe := low + step) < high:
            if await is_reached(probe):
                high = probe
                break
            low, step = probe, step * 2
    while high - low > 1:
        middle = (low + high) // 2
        if await is_reached(middle):
            high = middle
        else:
            low = middle
    return max(high, 0)
