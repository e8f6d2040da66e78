"""From a recorder's local time to UTC, checked against an instant that knows no zone.

It owns the doubled hour of autumn, the missing one of spring, and the suspicion that a source's zone is set
wrong. The check is the epoch in an Asterisk uniqueid: when the channel was made. A recording starts after
that, at once for most calls and hours later for a queued one, but not before, and not by a round number of
hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EARLIER_LIMIT = timedelta(minutes=20)
"""A start may stand so long before the epoch: clocks differ, and a zone is never wrong by less."""
QUEUE_LIMIT = timedelta(hours=4)
"""So long a queued call may have waited."""
ROUND_LIMIT = timedelta(seconds=90)
"""A start that is late by whole half hours, give or take this, looks like a wrong zone."""
ZONES_LIMIT = timedelta(hours=26)
"""No two zones differ by more."""
LEFT_OUT = "this local time was left out when the clocks went forward"
TWICE = "this local time came twice when the clocks went back; the first is taken"


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    """In UTC."""
    problem: str = ""
    """What is odd about it, in English."""


def in_utc(local: datetime, zone: str, epoch_s: float | None = None) -> Moment:
    """Find the instant of a local time.

    Args:
        local: As the recorder wrote it, without a zone.
        zone: The IANA name of the recorder's zone.
        epoch_s: When the call's channel was made, if that is known.
    """
    made_at = None if epoch_s is None else datetime.fromtimestamp(epoch_s, UTC)
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return Moment(first, _disagreement(first, made_at))
    is_missing = second < first
    earlier, later = sorted((first, second))
    if made_at is not None:
        at = earlier if earlier >= made_at - ROUND_LIMIT else later
        return Moment(at, _disagreement(at, made_at) or (LEFT_OUT if is_missing else ""))
    return Moment(first, LEFT_OUT if is_missing else TWICE)


def written_before(started_at: datetime, written_at: datetime) -> str:
    """Say that a recording began after its file was written, by no more than a wrong zone does; empty when it did not.

    A file's time may have been set to anything; but where it is a little earlier than the start, the start is wrong.
    """
    early = started_at - written_at
    if EARLIER_LIMIT < early <= ZONES_LIMIT:
        return f"it is {_minutes(early)} after the file was last written: is the source's zone right?"
    return ""


def _disagreement(at: datetime, made_at: datetime | None) -> str:
    if made_at is None:
        return ""
    late = at - made_at
    if late < -EARLIER_LIMIT:
        return f"it is {_minutes(-late)} before the call's channel was made: is the source's zone right?"
    if late > QUEUE_LIMIT + EARLIER_LIMIT:
        return f"it is {_minutes(late)} after the call's channel was made: is the source's zone right?"
    half_hour = timedelta(minutes=30)
    nearest = round(late / half_hour)
    if nearest >= 2 and abs(late - nearest * half_hour) <= ROUND_LIMIT:
        return f"it is {_minutes(late)} after the call's channel was made: a wait, or the source's zone?"
    return ""


def _minutes(span: timedelta) -> str:
    return f"{round(span.total_seconds() / 60)} minutes"
