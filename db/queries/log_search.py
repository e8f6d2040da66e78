"""Searching the access log by the copied columns of its entries, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import SQL

from db.models import Entry
from db.queries.log import entry_columns, entry_record, size
from db.queries.reading import tuples
from db.queries.words import bindable
from db.records import EntryRecord

__all__ = ["EntryFilter", "EntryTerm", "EntryTermKind", "count", "entries", "entries_after", "size"]

_ALLOWED = "allowed"
"""Of all outcomes the one that has no index; for the others SQLite must see that it is not asked for."""
_LAST_CHARACTER = "\U0010ffff"


class EntryTermKind(StrEnum):
    ACTOR = "actor"
    ACTION = "action"
    OUTCOME = "outcome"
    TARGET = "target"
    PURPOSE = "purpose"
    AFTER = "after"
    BEFORE = "before"
    OFF = "off"
    UID = "uid"


@dataclass(frozen=True, slots=True)
class EntryTerm:
    """One thing asked of an entry; negated, everything else is found, also what has no value."""

    kind: EntryTermKind
    value: str | int
    """ACTOR, ACTION: how they begin, `*` for any. AFTER: milliseconds, itself included. BEFORE: not included.
    OFF: at any time but from the first up to the second of two, joined by a slash."""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class EntryFilter:
    terms: tuple[EntryTerm, ...] = ()
    """All of them must hold."""
    up_to_seq: int | None = None
    """A snapshot: this entry and those before it."""
    after_seq: int | None = None


def entries(wanted: EntryFilter, *, offset: int, limit: int) -> list[EntryRecord]:
    """A part of what is wanted, newest first."""
    rows = _where(wanted, *entry_columns()).order_by(Entry.seq.desc()).offset(offset).limit(limit)
    return [entry_record(row) for row in tuples(rows)]


def entries_after(wanted: EntryFilter, *, cursor: int | None, limit: int) -> tuple[list[EntryRecord], int | None]:
    """The next part and the cursor of the one behind it, None at the end."""
    rows = _where(wanted, *entry_columns())
    if cursor is not None:
        rows = rows.where(Entry.seq < cursor)
    found = [entry_record(row) for row in tuples(rows.order_by(Entry.seq.desc()).limit(limit + 1))]
    shown = found[:limit]
    return shown, shown[-1].seq if len(found) > limit and shown else None


def count(wanted: EntryFilter) -> int:
    return int(_where(wanted, Entry.seq).count())


def _where(wanted: EntryFilter, *columns: Any) -> Any:
    rows = Entry.select(*columns)
    if wanted.up_to_seq is not None:
        rows = rows.where(Entry.seq <= wanted.up_to_seq)
    if wanted.after_seq is not None:
        rows = rows.where(Entry.seq > wanted.after_seq)
    for term in wanted.terms:
        holds = _condition(term)
        rows = rows.where(~holds if term.negated else holds)
    return rows


def _condition(term: EntryTerm) -> Any:
    value = bindable(term.value) if isinstance(term.value, str) else term.value
    match term.kind:
        case EntryTermKind.ACTOR:
            return _begins(Entry.account, str(value))
        case EntryTermKind.ACTION:
            return _begins(Entry.action, str(value))
        case EntryTermKind.OUTCOME:
            is_it = Entry.outcome >> value
            return is_it if value == _ALLOWED else is_it & SQL("\"outcome\" <> 'allowed'")
        case EntryTermKind.TARGET:
            return Entry.target >> value
        case EntryTermKind.PURPOSE:
            return Entry.purpose >> value
        case EntryTermKind.UID:
            return Entry.uid >> value
        case EntryTermKind.AFTER:
            return Entry.at_ms >= value
        case EntryTermKind.BEFORE:
            return Entry.at_ms < value
        case EntryTermKind.OFF:
            from_ms, until_ms = map(int, str(value).split("/"))
            return (Entry.at_ms < from_ms) | (Entry.at_ms >= until_ms)


def _begins(column: Any, beginning: str) -> Any:
    if beginning == "*":
        return Entry.seq >= 0
    # NULL is no such beginning, and neither is its "not" NULL.
    return column.is_null(False) & column.between(beginning, beginning + _LAST_CHARACTER)
