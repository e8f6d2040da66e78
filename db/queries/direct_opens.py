"""What the log tells of the sentry: its runs, and how far each has been entered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from db.models import Entry
from db.queries.log import entry_columns, entry_record
from db.queries.reading import asked, tuples
from db.records import EntryRecord

_PAGE = 50


def newest_of(actions: Sequence[str]) -> EntryRecord | None:
    """The newest entry that has one of these actions."""
    places = [place for action in actions for (place,) in _newest_place(action) if place is not None]
    return None if not places else next(newest_first((), from_seq=max(places)), None)


def _newest_place(action: str) -> list[tuple[int | None]]:
    return asked("SELECT MAX(seq) FROM entry WHERE action = ?", action)


def newest_first(actions: Sequence[str], *, from_seq: int | None = None) -> Iterator[EntryRecord]:
    """Entries with one of these actions (none: with any), downwards from a place, a few in memory at a time."""
    before = None if from_seq is None else from_seq + 1
    while True:
        rows = Entry.select(*entry_columns())
        if actions:
            rows = rows.where(Entry.action.in_(list(actions)))
        if before is not None:
            rows = rows.where(Entry.seq < before)
        found = [entry_record(row) for row in tuples(rows.order_by(Entry.seq.desc()).limit(_PAGE))]
        yield from found
        if len(found) < _PAGE:
            return
        before = found[-1].seq


def count_since(action: str, at_ms: int) -> int:
    [(count,)] = asked("SELECT COUNT(*) FROM entry WHERE action = ? AND at_ms >= ?", action, at_ms)
    return int(count)
