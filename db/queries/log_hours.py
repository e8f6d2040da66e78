"""How many entries of a search fall into each quarter of an hour."""

from __future__ import annotations

from peewee import fn

from db.models import Entry
from db.queries.log_search import EntryFilter, counted
from db.queries.reading import tuples

QUARTER_MS = 15 * 60 * 1000
"""Every zone's distance from UTC is a multiple of it, so that no quarter lies in two hours."""


def quarters(wanted: EntryFilter) -> list[tuple[int, int]]:
    """(beginning in milliseconds since 1970, entries) of every quarter that has some."""
    quarter = Entry.at_ms / QUARTER_MS
    rows = tuples(counted(wanted, quarter, fn.COUNT(Entry.seq)).group_by(quarter))
    return [(int(number) * QUARTER_MS, int(count)) for number, count in rows]
