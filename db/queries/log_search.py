"""Searching the access log by what is copied out of its entries, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import SQL, fn

from db.models import Contact, Entry, EntryMark, Recording, Session
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
    CONTACT = "contact"
    SAME_CALLER = "same-caller"
    NUMBER = "number"
    NUMBER_ENDING = "number-ending"
    SEARCHED = "searched"
    REASON = "reason"
    CASE = "case"
    REQUEST = "request"
    SESSION = "session"
    VIA = "via"
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
    """ACTOR, ACTION: how they begin, `*` for any. PURPOSE: `*` for any. AFTER: milliseconds, itself included. BEFORE:
    not included. OFF: at any time but from the first up to the second of two, joined by a slash. CONTACT: an id; its
    recordings too. SAME_CALLER: the id of a contact; every contact with its number. NUMBER: E.164; every contact with
    it, and every search for it. REASON: the code of a refusal or a failure."""
    negated: bool = False
    marks: tuple[str, ...] = ()
    """NUMBER, NUMBER_ENDING, SEARCHED: values of the marks `said` that stand for what was typed."""


@dataclass(frozen=True, slots=True)
class EntryFilter:
    terms: tuple[EntryTerm, ...] = ()
    """All of them must hold."""
    up_to_seq: int | None = None
    """A snapshot: this entry and those before it."""
    after_seq: int | None = None


def entries(wanted: EntryFilter, *, offset: int, limit: int) -> list[EntryRecord]:
    """A part of what is wanted, newest first."""
    rows = where(wanted, *entry_columns()).order_by(Entry.seq.desc()).offset(offset).limit(limit)
    return [entry_record(row) for row in tuples(rows)]


def entries_after(wanted: EntryFilter, *, cursor: int | None, limit: int) -> tuple[list[EntryRecord], int | None]:
    """The next part and the cursor of the one behind it, None at the end."""
    rows = where(wanted, *entry_columns())
    if cursor is not None:
        rows = rows.where(Entry.seq < cursor)
    found = [entry_record(row) for row in tuples(rows.order_by(Entry.seq.desc()).limit(limit + 1))]
    shown = found[:limit]
    return shown, shown[-1].seq if len(found) > limit and shown else None


def entries_oldest_first(wanted: EntryFilter, *, after: int, limit: int) -> list[EntryRecord]:
    """The next of what is wanted behind a place in the log, in the log's own order."""
    rows = where(wanted, *entry_columns()).where(Entry.seq > after).order_by(Entry.seq).limit(limit)
    return [entry_record(row) for row in tuples(rows)]


def count(wanted: EntryFilter) -> int:
    return int(where(wanted, Entry.seq).count())


def where(wanted: EntryFilter, *columns: Any) -> Any:
    """Select something of the entries that are wanted."""
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
    """A condition that is never NULL, so that its "not" finds what has no value too."""
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
            return Entry.purpose.is_null(False) if value == "*" else Entry.purpose >> value
        case EntryTermKind.UID:
            return Entry.uid >> value
        case EntryTermKind.AFTER:
            return Entry.at_ms >= value
        case EntryTermKind.BEFORE:
            return Entry.at_ms < value
        case EntryTermKind.OFF:
            from_ms, until_ms = map(int, str(value).split("/"))
            return (Entry.at_ms < from_ms) | (Entry.at_ms >= until_ms)
        case EntryTermKind.CONTACT:
            return (Entry.target >> value) | _is_on(Contact.id == value)
        case EntryTermKind.SAME_CALLER:
            its_number = Contact.select(Contact.number).where(Contact.id == value)
            return (Entry.target >> value) | _is_on(Contact.number == its_number)
        case EntryTermKind.NUMBER:
            return _is_marked("said", *term.marks) | _is_on(Contact.number == value)
        case EntryTermKind.NUMBER_ENDING | EntryTermKind.SEARCHED:
            return _is_marked("said", *term.marks)
        case EntryTermKind.CASE | EntryTermKind.REQUEST:
            return _is_marked(term.kind.value, str(value))
        case EntryTermKind.REASON:
            return (Entry.outcome != "allowed") & (_in_leaf("$.reason") >> value)
        case EntryTermKind.SESSION:
            return _is_of_session(str(value))
        case EntryTermKind.VIA:
            return _in_leaf("$.actor.via") >> value


def _begins(column: Any, beginning: str) -> Any:
    if beginning == "*":
        return Entry.seq >= 0
    # NULL is no such beginning, and neither is its "not" NULL.
    return column.is_null(False) & column.between(beginning, beginning + _LAST_CHARACTER)


def _is_on(which: Any) -> Any:
    """On one of these contacts, or on a recording of theirs."""
    contacts = Contact.select(Contact.id).where(which)
    recordings = Recording.select(Recording.id).join(Contact).where(which)
    return Entry.target.is_null(False) & Entry.target.in_(contacts | recordings)


def _is_marked(kind: str, *values: str) -> Any:
    marks = EntryMark.select(EntryMark.seq).where(EntryMark.kind == kind, EntryMark.value.in_(list(values)))
    return Entry.seq.in_(marks)


def _is_of_session(session_id: str) -> Any:
    """Looked for among the account's entries while the session was open; the leaf then says whose they are."""
    began_ms, account = (
        Session.select(column).where(Session.id == session_id) for column in (Session.created_at_ms, Session.account)
    )
    return fn.COALESCE(
        (Entry.account == account) & (Entry.at_ms >= began_ms) & (_in_leaf("$.actor.session") == session_id), False
    )


def _in_leaf(path: str) -> Any:
    """A value out of the leaf itself, which is JSON in a blob. Slow: for what other terms have narrowed down."""
    return fn.json_extract(Entry.leaf.cast("TEXT"), path)
