"""When the entries of a search were written: by weekday and hour of the installation's zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from agent import wire
from agent.installation import Installation
from agent.services.bodies import instant
from agent.services.calendar import Calendar
from db.queries import log_hours
from db.queries.log_search import EntryFilter, EntryTerm, EntryTermKind

SPAN_MS = 28 * 24 * 3_600_000
"""What is counted of a search without bounds in time: four of each weekday."""


class HoursOf:
    def __init__(self, house: Installation) -> None:
        self._house = house
        self._zone = Calendar.of(house.settings).zone

    def counted(self, terms: Sequence[EntryTerm]) -> wire.Hours:
        """Count the entries of a search. Inside a read."""
        since_ms, until_ms = span(terms, self._house.now_ms())
        bounds = (EntryTerm(EntryTermKind.AFTER, since_ms), EntryTerm(EntryTermKind.BEFORE, until_ms))
        quarters = log_hours.quarters(EntryFilter((*terms, *bounds)))
        return wire.Hours(
            since=instant(since_ms),
            until=instant(until_ms),
            zone=self._zone.key,
            counts=by_weekday_and_hour(quarters, self._zone),
        )


def span(terms: Iterable[EntryTerm], now_ms: int) -> tuple[int, int]:
    """From when until when to count: the bounds that a search has, else the days until now."""
    lows = [int(term.value) for term in terms if _bounds(term, EntryTermKind.AFTER, EntryTermKind.BEFORE)]
    highs = [int(term.value) for term in terms if _bounds(term, EntryTermKind.BEFORE, EntryTermKind.AFTER)]
    until_ms = max(0, min([*highs, now_ms + 1]))
    return max(0, max(lows, default=until_ms - SPAN_MS)), until_ms


def _bounds(term: EntryTerm, plain: EntryTermKind, negated: EntryTermKind) -> bool:
    return term.kind is (negated if term.negated else plain)


def by_weekday_and_hour(counts: Iterable[tuple[int, int]], zone: ZoneInfo) -> list[list[int]]:
    """Add up counts (beginning in milliseconds since 1970, how many) by local time: 7 rows from Monday, 24 columns."""
    table = [[0] * 24 for _ in range(7)]
    for begins_ms, count in counts:
        local = datetime.fromtimestamp(begins_ms / 1000, UTC).astimezone(zone)
        table[local.weekday()][local.hour] += count
    return table
