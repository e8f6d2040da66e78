"""How a search in the log is answered: by which index, and between which places.

SQLite knows nothing of how many entries an actor or an action has. So it is told:

- *bounds*: instants become places. Entries stand nearly in the order of their times, so that the few thousand of a day
  lie together; the times themselves are still compared, since a clock may have been put back.
- *values*: of `actor:` and `action:`, which ask how something begins, those that there are. One value together with
  bounds is one stretch of its index, in the order of the places.
- *leader*: of the terms that have an index, the one with the fewest entries. The others are compared in the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peewee import SQL

from db.models import Entry
from db.queries.log import size
from db.queries.log_terms import EntryFilter, EntryTerm, EntryTermKind
from db.queries.reading import asked
from db.queries.words import bindable

COLUMNS: dict[EntryTermKind, Any] = {EntryTermKind.ACTOR: Entry.account, EntryTermKind.ACTION: Entry.action}
ALLOWED = "allowed"
OTHERS = ("refused", "failed")
NOT_ALLOWED = SQL("\"outcome\" <> 'allowed'")
"""As SQLite wants it said to use an index of outcomes that leaves the many out (sqlite.org/partialindex.html)."""
COUNTED = 50_000
"""Entries of a term that are counted at most to compare it with others."""
_ALWAYS_FEW = frozenset(
    {
        EntryTermKind.TARGET,
        EntryTermKind.CONTACT,
        EntryTermKind.SAME_CALLER,
        EntryTermKind.NUMBER,
        EntryTermKind.NUMBER_ENDING,
        EntryTermKind.SEARCHED,
        EntryTermKind.CASE,
    }
)
_OF_TIME = frozenset({EntryTermKind.AFTER, EntryTermKind.BEFORE})
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Plan:
    first: int
    last: int
    """The places between which everything wanted lies, both included."""
    values: dict[EntryTerm, tuple[str, ...] | None]
    """None: any."""
    leader: EntryTerm | None
    """Whose index to go through; None: through the rows, from the newest on."""


def plan(wanted: EntryFilter) -> Plan:
    """How to find what is wanted. Inside a read."""
    first = 0 if wanted.after_seq is None else wanted.after_seq + 1
    last = size() - 1 if wanted.up_to_seq is None else wanted.up_to_seq
    values = {term: tuple(_values(term)) for term in wanted.terms if term.kind in COLUMNS and term.value != "*"}
    first, last = _bounded(wanted.terms, first, last)
    leading = [term for term in wanted.terms if _can_lead(term)]
    sizes = {term: _size(term, values.get(term, ()), first, last) for term in leading}
    leader = min(sizes, key=lambda term: sizes[term], default=None)
    if leader is not None and not _is_worth_it(leader, values, sizes[leader], last - first + 1):
        leader = None
    return Plan(first, last, dict(values), leader)


def is_answered_by_an_index(wanted: EntryFilter) -> bool:
    """Whether all that is asked stands in one index, which is a small part of the table."""
    asked_of = {"at_ms" if term.kind in _OF_TIME else term.kind.value for term in wanted.terms}
    return len(asked_of) == 1 and asked_of <= {"at_ms", "actor", "action"}


def _values(term: EntryTerm) -> Iterator[str]:
    """Those of a column that begin so, each found by one step in its index."""
    column, beginning = COLUMNS[term.kind].name, bindable(str(term.value))
    after, sign = beginning, ">="
    while True:
        sql = f"SELECT MIN({column}) FROM entry WHERE {column} {sign} ? AND {column} < ?"  # noqa: S608 - ours
        [(found,)] = asked(sql, after, beginning + _LAST_CHARACTER)
        if found is None:
            return
        yield str(found)
        after, sign = str(found), ">"


def _bounded(terms: tuple[EntryTerm, ...], first: int, last: int) -> tuple[int, int]:
    """The places of the entries between the instants that are asked for."""
    lows = [int(term.value) for term in terms if _is_bound(term, EntryTermKind.AFTER, EntryTermKind.BEFORE)]
    highs = [int(term.value) for term in terms if _is_bound(term, EntryTermKind.BEFORE, EntryTermKind.AFTER)]
    if not (lows or highs):
        return first, last
    from_ms, until_ms = max(lows, default=-(1 << 62)), min(highs, default=1 << 62)
    [(low, high)] = asked("SELECT MIN(seq), MAX(seq) FROM entry WHERE at_ms >= ? AND at_ms < ?", from_ms, until_ms)
    return (first, first - 1) if low is None else (max(first, int(low)), min(last, int(high)))


def _is_bound(term: EntryTerm, plain: EntryTermKind, negated: EntryTermKind) -> bool:
    return term.kind is (negated if term.negated else plain)


def _can_lead(term: EntryTerm) -> bool:
    if term.negated:
        return False
    if term.kind is EntryTermKind.OUTCOME:
        return term.value != ALLOWED
    if term.kind is EntryTermKind.REASON:
        return True
    return term.kind in _ALWAYS_FEW or (term.kind in COLUMNS and term.value != "*")


def _size(term: EntryTerm, values: tuple[str, ...], first: int, last: int) -> int:
    """How many entries a term has between two places, counted in its index."""
    if term.kind in _ALWAYS_FEW:
        return 0
    if term.kind in COLUMNS:
        holds = COLUMNS[term.kind].in_(list(values))
    else:
        outcomes = [bindable(str(term.value))] if term.kind is EntryTermKind.OUTCOME else OTHERS
        holds = Entry.outcome.in_(outcomes) & NOT_ALLOWED
    some = Entry.select(SQL("1")).where(holds, Entry.seq >= first, Entry.seq <= last).limit(COUNTED)
    return int(some.count())


def _is_worth_it(
    leader: EntryTerm, values: dict[EntryTerm, tuple[str, ...]], size_of_leader: int, size_of_stretch: int
) -> bool:
    """Whether going through an index is less work than going through the rows from the newest on.

    A single value comes in the order of the places; of several, all are gathered and put in order first.
    """
    is_in_order = leader.kind in COLUMNS and len(values[leader]) <= 1
    return size_of_leader < size_of_stretch and (is_in_order or size_of_leader < COUNTED)
