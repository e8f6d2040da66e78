"""Reading the log. Reading it is itself an entry: one a query, none for its further pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from agent import wire
from agent.audit.entry import LeafInvalid, read_leaf
from agent.errors import IntegrityBroken, WrongUse
from agent.services.bodies import digests_in, entry_body
from agent.services.caller import Caller
from agent.services.gate import Access, Gate
from agent.services.hours import HoursOf
from agent.services.log_question import Questions
from agent.services.snapshot import Snapshots
from agent.wire import Capability
from db.queries import log as stored
from db.queries import log_search, log_words
from db.queries.log_search import EntryFilter
from db.records import EntryRecord

LISTING = "audit"
READING = "audit.read"
"""What entries call every look into the log, also at what is odd in it."""


@dataclass(frozen=True, slots=True)
class _Reading:
    access: Access
    wanted: EntryFilter
    token: str


class Audit:
    """What reviewers can do with the log. Every method raises what `agent.services.gate` does."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._snapshots = Snapshots(gate.house.keys.snapshot)
        self._questions = Questions(gate.house)
        self._hours = HoursOf(gate.house)

    def entries(
        self, caller: Caller, query: str, *, offset: int, limit: int, as_of: str | None, cursor: str | None
    ) -> wire.Page[wire.Entry]:
        with self._reading(caller, query, as_of) as reading:
            following: int | None = None
            if offset:
                rows = log_search.entries(reading.wanted, offset=offset, limit=limit)
            else:
                rows, following = log_search.entries_after(reading.wanted, cursor=_place(cursor), limit=limit)
            return wire.Page[wire.Entry](
                items=_bodies(rows),
                as_of=reading.token,
                next_cursor=None if following is None else str(following),
            )

    def count(self, caller: Caller, query: str, *, as_of: str | None, newer: bool) -> wire.Count:
        with self._reading(caller, query, as_of) as reading:
            wanted = reading.wanted
            if newer:
                wanted = replace(wanted, up_to_seq=None, after_seq=wanted.up_to_seq)
            return wire.Count(count=log_search.count(wanted), as_of=reading.token)

    def hours(self, caller: Caller, query: str) -> wire.Hours:
        """When the entries of a query were written, by weekday and hour."""
        with self._gate.access(caller, READING, needs=Capability.AUDIT_READ) as access:
            question = self._questions.read(query)
            access.detail.update(query=question.said, shown="hours")
            return self._hours.counted(question.terms)

    @contextmanager
    def _reading(self, caller: Caller, query: str, as_of: str | None) -> Iterator[_Reading]:
        session = caller.person.session.id
        up_to = self._snapshots.up_to(as_of, session=session, listing=LISTING, query=query)
        needs = Capability.AUDIT_READ
        with self._gate.access(caller, READING, needs=needs, is_covered=up_to is not None) as access:
            question = self._questions.read(query)
            access.detail["query"] = question.said
            newest = stored.size() - 1 if up_to is None else up_to
            token = self._snapshots.token(session=session, listing=LISTING, query=query, up_to=max(newest, 0))
            yield _Reading(access, EntryFilter(question.terms, up_to_seq=newest), token)


def _bodies(rows: Sequence[EntryRecord]) -> list[wire.Entry]:
    try:
        leaves = [read_leaf(row.leaf) for row in rows]
    except LeafInvalid as error:
        raise IntegrityBroken(what="An entry of the log") from error
    digests = {digest for leaf in leaves for digest in digests_in(leaf)}
    words = log_words.behind(digests) if digests else {}
    return [entry_body(leaf, words) for leaf in leaves]


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise WrongUse(what="the cursor is not one that this search gave")
    return int(cursor)
