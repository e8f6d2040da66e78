"""Searching the access log by what is copied out of its entries, newest first."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from peewee import SQL, Value, fn

from db.models import Contact, Entry, EntryMark, Recording, Session
from db.queries import log_plan
from db.queries.contact_selection import unindexed
from db.queries.log import entry_columns, entry_record, size
from db.queries.log_terms import EntryFilter, EntryTerm, EntryTermKind
from db.queries.reading import among, tuples
from db.queries.words import bindable
from db.records import EntryRecord

__all__ = [
    "EntryFilter",
    "EntryTerm",
    "EntryTermKind",
    "count",
    "entries",
    "entries_after",
    "entries_oldest_first",
    "size",
    "where",
]


def entries(wanted: EntryFilter, *, offset: int, limit: int) -> list[EntryRecord]:
    """A part of what is wanted, newest first."""
    rows = where(wanted, Entry.seq).order_by(Entry.seq.desc()).offset(offset).limit(limit)
    return _whole(rows)[::-1]


def entries_after(wanted: EntryFilter, *, cursor: int | None, limit: int) -> tuple[list[EntryRecord], int | None]:
    """The next part and the cursor of the one behind it, None at the end."""
    if cursor is not None:
        newest = cursor - 1 if wanted.up_to_seq is None else min(wanted.up_to_seq, cursor - 1)
        wanted = replace(wanted, up_to_seq=newest)
    found = entries(wanted, offset=0, limit=limit + 1)
    shown = found[:limit]
    return shown, shown[-1].seq if len(found) > limit and shown else None


def entries_oldest_first(wanted: EntryFilter, *, after: int, limit: int) -> list[EntryRecord]:
    """The next of what is wanted behind a place in the log, in the log's own order."""
    oldest = after if wanted.after_seq is None else max(wanted.after_seq, after)
    rows = where(replace(wanted, after_seq=oldest), Entry.seq)
    return _whole(rows.order_by(Entry.seq).limit(limit))


def _whole(seqs: Any) -> list[EntryRecord]:
    """The entries at these places, oldest first. Leaves are long: they are read when it is known which ones."""
    places = [int(seq) for (seq,) in tuples(seqs)]
    rows = Entry.select(*entry_columns()).where(among(Entry.seq, places)).order_by(Entry.seq) if places else ()
    return [entry_record(row) for row in tuples(rows)] if places else []


def count(wanted: EntryFilter) -> int:
    if not wanted.terms:
        plan = log_plan.plan(wanted)
        return max(0, plan.last - plan.first + 1)  # places have no gaps
    return int(counted(wanted, Entry.seq).count())


def counted(wanted: EntryFilter, *columns: Any) -> Any:
    """Select something of all the entries that are wanted, in no order, to count it."""
    return _selected(log_plan.plan(wanted), wanted, log_plan.is_answered_by_an_index(wanted), *columns)


def where(wanted: EntryFilter, *columns: Any) -> Any:
    """Select something of the entries that are wanted, to see the newest or oldest of them."""
    return _selected(log_plan.plan(wanted), wanted, False, *columns)


def _selected(plan: log_plan.Plan, wanted: EntryFilter, is_of_index: bool, *columns: Any) -> Any:
    place = unindexed(Entry.seq) if is_of_index else Entry.seq
    rows = Entry.select(*columns).where(place >= plan.first, place <= plan.last)
    for term in wanted.terms:
        holds = _condition(term, plan.values.get(term), may_lead=is_of_index or term == plan.leader)
        rows = rows.where(~holds if term.negated else holds)
    return rows


def _condition(term: EntryTerm, values: tuple[str, ...] | None, *, may_lead: bool) -> Any:
    """A condition that is never NULL, so that its "not" finds what has no value too.

    Args:
        term: What is asked.
        values: Of ACTOR and ACTION all that there are.
        may_lead: Whether SQLite may go through an index of the column, see `db.queries.log_plan`.
    """
    value = bindable(term.value) if isinstance(term.value, str) else term.value
    match term.kind:
        case EntryTermKind.ACTOR | EntryTermKind.ACTION:
            return _is_one_of(log_plan.COLUMNS[term.kind], values, may_lead=may_lead)
        case EntryTermKind.OUTCOME:
            is_it = (Entry.outcome if may_lead else unindexed(Entry.outcome)) >> value
            return is_it if value == log_plan.ALLOWED or not may_lead else is_it & log_plan.NOT_ALLOWED
        case EntryTermKind.TARGET:
            return Entry.target >> value
        case EntryTermKind.PURPOSE:
            return Entry.purpose.is_null(False) if value == "*" else Entry.purpose >> value
        case EntryTermKind.UID:
            return Entry.uid >> value
        case EntryTermKind.AFTER:
            return (Entry.at_ms if may_lead else unindexed(Entry.at_ms)) >= value
        case EntryTermKind.BEFORE:
            return (Entry.at_ms if may_lead else unindexed(Entry.at_ms)) < value
        case EntryTermKind.OFF:
            from_ms, until_ms = map(int, str(value).split("/"))
            return unindexed(Entry.at_ms).between(from_ms, until_ms - 1) >> False
        case EntryTermKind.CONTACT:
            return (Entry.target >> value) | _is_on(Contact.id == value)
        case EntryTermKind.SAME_CALLER:
            its_number = Contact.select(Contact.number).where(Contact.id == value)
            return (Entry.target >> value) | _is_on(Contact.number == its_number)
        case EntryTermKind.NUMBER:
            return _is_marked("said", *term.marks) | _is_on(Contact.number == value)
        case EntryTermKind.NUMBER_ENDING | EntryTermKind.SEARCHED:
            return _is_marked("said", *term.marks)
        case EntryTermKind.CASE:
            return _is_marked("case", str(value))
        case EntryTermKind.REQUEST:
            return _says("request", value)
        case EntryTermKind.REASON:
            return _is_not_allowed(may_lead=may_lead) & _says("reason", value)
        case EntryTermKind.SESSION:
            return _is_of_session(str(value))
        case EntryTermKind.VIA:
            return _says("via", value)


def _is_one_of(column: Any, values: tuple[str, ...] | None, *, may_lead: bool) -> Any:
    if values is None:
        return Entry.seq >= 0
    if not may_lead:
        column = unindexed(column)
    if len(values) == 1:
        return column >> values[0]
    return fn.COALESCE(column.in_(list(values)), False) if values else SQL("0")


def _is_not_allowed(*, may_lead: bool) -> Any:
    if not may_lead:
        return unindexed(Entry.outcome) != log_plan.ALLOWED
    return Entry.outcome.in_(log_plan.OTHERS) & log_plan.NOT_ALLOWED


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
    return fn.COALESCE((Entry.account == account) & (Entry.at_ms >= began_ms) & _says("session", session_id), False)


def _says(name: str, value: object) -> Any:
    """Whether a leaf has a field with this value, by the bytes that it then holds: leaves are canonical JSON, in which
    no text can look like a field. It reads every leaf that other terms leave over.
    """
    said = json.dumps({name: value}, ensure_ascii=False, separators=(",", ":"))[1:-1]
    return fn.INSTR(Entry.leaf, Value(said.encode("utf-8", "replace"), converter=False)) > 0
