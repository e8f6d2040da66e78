"""When customers call: office hours with their peaks, and the hours when only the emergency service answers.

Local time is `agent.demo.world.ZONE`; moments are handed out in UTC and whole seconds. Public holidays are
working days here.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.demo.world import ZONE

OPENS, CLOSES = time(8, 30), time(15, 30)

_BUSY_BY_WEEKDAY = (1.4, 1.1, 1.0, 1.0, 0.8)
_BUSY_BY_HALF_HOUR = (0.8, 1.3, 1.6, 1.5, 1.3, 1.1, 0.8, 0.8, 1.2, 1.2, 1.0, 0.9, 0.8, 0.5)


def is_office_hour(at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(ZONE))
    return local.weekday() < len(_BUSY_BY_WEEKDAY) and OPENS <= local.time() < CLOSES


def moment_in_office_hours(lot: random.Random, now: datetime, days: int) -> datetime:
    """Draw a moment of today or one of the days before; it may lie later today than now."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    dates = [today - timedelta(days=back) for back in range(days + 1)]
    working_days = [date for date in dates if date.weekday() < len(_BUSY_BY_WEEKDAY)]
    [date] = lot.choices(working_days, [_BUSY_BY_WEEKDAY[date.weekday()] for date in working_days])
    [half_hour] = lot.choices(range(len(_BUSY_BY_HALF_HOUR)), _BUSY_BY_HALF_HOUR)
    opens_at = datetime.combine(date, OPENS, ZoneInfo(ZONE))
    return opens_at.astimezone(UTC) + timedelta(minutes=30 * half_hour, seconds=lot.randrange(1800))


def moment_out_of_hours(lot: random.Random, now: datetime, days: int) -> datetime:
    """Draw a moment of the days before now when the office was closed."""
    while True:
        drawn_at = now.astimezone(UTC) - timedelta(seconds=lot.uniform(0, days * 86400))
        if not is_office_hour(drawn_at):
            return drawn_at.replace(microsecond=0)
