"""Calls without a recording, and recordings without a call: what does not fit together, and since when that is odd.

It owns the comparison and does no I/O. A call is missed when somebody spoke in it, it is over for a while, and neither
it nor another part of the same call (linkedid) has a recording. A recording is odd when the call records cover its time
and none of them is of its call. One that does not say which call it was cannot be compared, and is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.intake.metadata.master_csv import CallRecord

GRACE = timedelta(minutes=30)
"""A recording may come so long after its call, and a line so long after a recording began."""
OVERLAP = timedelta(days=1)
"""A part of a call, or what a clock tells that is set, is further from it by less than this."""


@dataclass(frozen=True, slots=True)
class Recorded:
    contact_id: str
    call_id: str | None
    """The recorder's own name of the call; None when its name does not say."""
    started: datetime
    """On the source's clock, without a zone."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    calls: tuple[CallRecord, ...]
    """Without a recording, in the order of the records."""
    recordings: tuple[Recorded, ...]
    """Without a call."""
    uncertain: int
    """Recordings that do not say which call they are of."""


def unmatched(
    calls: Iterable[CallRecord],
    recordings: Iterable[Recorded],
    *,
    since: datetime,
    now: datetime,
    first: datetime | None = None,
    least_s: int = 1,
) -> Unmatched:
    """Compare calls and recordings.

    Args:
        calls: In any order; all that are known, or those of the time from `OVERLAP` before `since` on.
        recordings: Those that began at `since` or later, and from a while before it.
        since: On the source's clock, as everything here: what ended earlier is of no interest.
        now: On that clock.
        first: When the first call began that is known, if it may not be among `calls`.
        least_s: A call of fewer seconds needs no recording.
    """
    held = list(recordings)
    recorded = {recording.call_id for recording in held if recording.call_id is not None}
    known: set[str] = set()
    matched: set[str] = set()
    missed: list[CallRecord] = []
    for call in calls:
        known.update((call.unique_id, call.linked_id))
        if call.started is not None:
            first = call.started if first is None else min(first, call.started)
        if call.unique_id in recorded or call.linked_id in recorded:
            matched.add(call.linked_id)
        elif call.is_answered and call.billed_s >= least_s and _is_over(call, since, now):
            missed.append(call)
    return Unmatched(
        calls=tuple(call for call in missed if call.linked_id not in matched),
        recordings=tuple(
            recording
            for recording in held
            if recording.call_id is not None
            and recording.call_id not in known
            and first is not None
            and max(first + GRACE, since) <= recording.started <= now - GRACE
        ),
        uncertain=sum(recording.call_id is None and recording.started >= since for recording in held),
    )


def _is_over(call: CallRecord, since: datetime, now: datetime) -> bool:
    return call.ended is not None and since <= call.ended <= now - GRACE
