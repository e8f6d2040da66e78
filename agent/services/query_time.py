"""Days, instants and lengths as people type them.

    day       2026-01-31, today, yesterday, -7d (seven days ago), -2w
    instant   2026-01-31T08:15:00+02:00, 2026-01-31T06:15Z; without an offset, local time
    length    90s, 5m, 1h30m, or plain seconds

Pure: the zone and today's date are handed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_AGO = re.compile(r"-([0-9]{1,5})([dw])")
_LENGTH = re.compile(r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s?)?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS_OF = {"d": 1, "w": 7}


class NotATimeError(ValueError):
    """What was typed is no such thing; the text says what would be."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant up to and not including another, in milliseconds since 1970 in UTC."""

    from_ms: int
    until_ms: int


def day(said: str, *, zone: ZoneInfo, today: date) -> Span:
    """The whole of a local day, which is 23 or 25 hours long when the clocks change.

    Raises:
        NotATimeError: it is no day.
    """
    try:
        named = _date(said.casefold(), today)
        return Span(_midnight_ms(named, zone), _midnight_ms(named + timedelta(days=1), zone))
    except (ValueError, OverflowError) as error:
        raise NotATimeError("a day is written 2026-01-31, today, yesterday or -7d") from error


def beginning_ms(said: str, *, zone: ZoneInfo, today: date) -> int:
    """The instant that was typed, or the first of the day that was.

    Raises:
        NotATimeError: it is neither.
    """
    try:
        return day(said, zone=zone, today=today).from_ms
    except NotATimeError:
        pass
    try:
        at = datetime.fromisoformat(said)
        return _ms(at if at.tzinfo is not None else at.replace(tzinfo=zone))
    except (ValueError, OverflowError) as error:
        raise NotATimeError(
            "a time is written 2026-01-31, today, yesterday, -7d or 2026-01-31T08:15:00+02:00"
        ) from error


def duration_ms(said: str) -> int:
    """A length.

    Raises:
        NotATimeError: it is none.
    """
    found = _LENGTH.fullmatch(said.casefold())
    if found is None or not any(found.groups()):
        raise NotATimeError("a length is written 90s, 5m or 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


def _date(said: str, today: date) -> date:
    ago = _AGO.fullmatch(said)
    if ago is not None:
        return today - timedelta(days=int(ago[1]) * _DAYS_OF[ago[2]])
    match said:
        case "today":
            return today
        case "yesterday":
            return today - timedelta(days=1)
    return date.fromisoformat(said)


def _midnight_ms(named: date, zone: ZoneInfo) -> int:
    return _ms(datetime.combine(named, time(), zone))


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)
