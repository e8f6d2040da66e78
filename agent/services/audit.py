"""Reading the log. Reading it is itself an entry: one a query, none for its further pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from agent import wire
from agent.audit.entry import DIGEST_PREFIX, LeafInvalid, read_leaf
from agent.errors import IntegrityBroken, WrongUse
from agent.services.bodies import entry_body
from agent.services.calendar import Calendar
from agent.services.caller import Caller
from agent.services.gate import Access, Gate
from agent.services.query import entry_terms
from agent.services.snapshot import Snapshots
from agent.wire import Capability
from db.queries import log as stored
from db.queries import log_search
from db.queries.log_search import EntryFilter, EntryTerm, EntryTermKind
from db.records import EntryRecord

LISTING = "audit"
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,39}|\*")


@dataclass(frozen=True, slots=True)
class _Reading:
    access: Access
    wanted: EntryFilter
    token: str


class Audit:
    """What reviewers can do with the log. Every method raises what `agent.services.gate` does."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._house = gate.house
        self._snapshots = Snapshots(gate.house.keys.snapshot)
        self._calendar = Calendar.of(gate.house.settings)

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

    @contextmanager
    def _reading(self, caller: Caller, query: str, as_of: str | None) -> Iterator[_Reading]:
        session = caller.person.session.id
        up_to = self._snapshots.up_to(as_of, session=session, listing=LISTING, query=query)
        needs = Capability.AUDIT_READ
        with self._gate.access(caller, "audit.read", needs=needs, is_covered=up_to is not None) as access:
            now = self._calendar.now(self._house.now_ms())
            terms = entry_terms(query, zone=now["zone"], today=now["today"])
            access.detail["query"] = " ".join(map(self._term_for_the_log, terms))
            newest = stored.size() - 1 if up_to is None else up_to
            token = self._snapshots.token(session=session, listing=LISTING, query=query, up_to=max(newest, 0))
            yield _Reading(access, EntryFilter(terms, up_to_seq=newest), token)

    def _term_for_the_log(self, term: EntryTerm) -> str:
        """A term as it was typed, unless it may be something about a customer."""
        said = str(term.value)
        if not _is_sayable(term):
            said = self._house.log.digest(term.kind.value, said.casefold())
        return f"{'-' if term.negated else ''}{term.kind.value}:{said}"


def _is_sayable(term: EntryTerm) -> bool:
    """Whether a term is made of the log's own words: a target that stands in it, or a name as actions have."""
    match term.kind:
        case EntryTermKind.TARGET:
            return bool(log_search.entries(EntryFilter((replace(term, negated=False),)), offset=0, limit=1))
        case EntryTermKind.ACTOR | EntryTermKind.ACTION | EntryTermKind.PURPOSE:
            return _NAME.fullmatch(str(term.value)) is not None
        case _:
            return True


def _bodies(rows: Sequence[EntryRecord]) -> list[wire.Entry]:
    try:
        leaves = [read_leaf(row.leaf) for row in rows]
    except LeafInvalid as error:
        raise IntegrityBroken(what="An entry of the log") from error
    reasons = {leaf["reason"] for leaf in leaves if (leaf["reason"] or "").startswith(DIGEST_PREFIX)}
    words = stored.said(reasons) if reasons else {}
    return [entry_body(leaf, words) for leaf in leaves]


def _place(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
        raise WrongUse(what="the cursor is not one that this search gave")
    return int(cursor)
