"""When a recorder is expected to record: days and hours of the week, in its own zone.

office_hours = "mon-fri 08:00-16:00"
office_hours = "mon-thu 08:00-16:00, fri 08:00-15:00"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? +([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")
_LONGEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class _Span:
    weekdays: frozenset[int]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class OfficeHours:
    spans: tuple[_Span, ...]

    @classmethod
    def read(cls, said: str) -> OfficeHours:
        """Read what the settings say.

        Raises:
            ValueError: it says no hours of a week.
        """
        return cls(tuple(_span(part.strip().lower()) for part in said.split(",")))

    def open_s(self, from_at: datetime, until_at: datetime, zone: str) -> float:
        """How much of the time between two moments is office time, in seconds; of the last 14 days at most."""
        local = ZoneInfo(zone)
        first = max(from_at, until_at - _LONGEST)
        day, total_s = first.astimezone(local).date(), 0.0
        while day <= until_at.astimezone(local).date():
            for span in self.spans:
                if day.weekday() in span.weekdays:
                    opens = datetime.combine(day, span.opens, local).astimezone(UTC)
                    closes = datetime.combine(day, span.closes, local).astimezone(UTC)
                    total_s += max(0.0, (min(closes, until_at) - max(opens, first)).total_seconds())
            day += timedelta(days=1)
        return total_s


def _span(said: str) -> _Span:
    match = _SPAN.fullmatch(said)
    if match is None or match[1] not in DAYS or (match[2] or match[1]) not in DAYS:
        raise ValueError(f"{said!r} is no office hours; write them like mon-fri 08:00-16:00")
    first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
    try:
        opens, closes = time(int(match[3]), int(match[4])), time(int(match[5]), int(match[6]))
    except ValueError as error:
        raise ValueError(f"{said!r}: there is no such time of day") from error
    if last < first or closes <= opens:
        raise ValueError(f"{said!r}: the end comes before the beginning")
    return _Span(frozenset(range(first, last + 1)), opens, closes)
