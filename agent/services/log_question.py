"""A search in the log: what it asks of entries, and how the entry of reading it calls the question.

The question itself may be about a customer ("who searched for this number"), so that what was typed never stands in
that entry: it is looked for, and named, by its digest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent import errors
from agent.audit.marks import mark_of
from agent.installation import Installation
from agent.services import stand_ins
from agent.services.calendar import Calendar
from agent.services.query import entry_terms
from agent.wire import Purpose
from db.queries import log_search
from db.queries.contacts import TermKind
from db.queries.log_search import EntryFilter, EntryTerm, EntryTermKind

_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Question:
    terms: tuple[EntryTerm, ...]
    said: str
    """For the entry of reading the log."""


class Questions:
    """Reads questions. Inside a read of the register."""

    def __init__(self, house: Installation) -> None:
        self._house = house
        self._calendar = Calendar.of(house.settings)

    def read(self, query: str) -> Question:
        """What was asked.

        Raises:
            UnknownTerm: it cannot be understood.
        """
        now = self._calendar.now(self._house.now_ms())
        terms = tuple(map(self._marked, entry_terms(query, **now)))
        return Question(terms, " ".join(map(self._named, terms)))

    def _marked(self, term: EntryTerm) -> EntryTerm:
        """A term with what to look for in place of what was typed."""
        said, digest = str(term.value), self._house.log.digest
        match term.kind:
            case EntryTermKind.NUMBER:
                return _with_marks(term, stand_ins.of_number(said, digest))
            case EntryTermKind.NUMBER_ENDING:
                return _with_marks(term, stand_ins.of_ending(said, digest))
            case EntryTermKind.SEARCHED:
                return _with_marks(term, stand_ins.of_words(said, digest))
            case _:
                return term

    def _named(self, term: EntryTerm) -> str:
        """A term as it was typed, unless it may be something about a customer."""
        said = str(term.value)
        if not _is_sayable(term):
            kind = TermKind.TEXT if term.kind is EntryTermKind.SEARCHED else term.kind
            said = self._house.log.digest(kind.value, stand_ins.compared(said))
        return f"{'-' if term.negated else ''}{term.kind.value}:{said}"


def _with_marks(term: EntryTerm, digests: Iterable[str]) -> EntryTerm:
    return replace(term, marks=tuple(map(mark_of, digests)))


def _is_sayable(term: EntryTerm) -> bool:
    """Whether a term is made of the log's own words: whoever and whatever stands in it, a code of ours, an id."""
    match term.kind:
        case EntryTermKind.TARGET | EntryTermKind.CASE | EntryTermKind.ACTOR | EntryTermKind.ACTION | EntryTermKind.UID:
            return _finds_something(replace(term, negated=False))
        case EntryTermKind.CONTACT | EntryTermKind.SAME_CALLER:
            return _finds_something(EntryTerm(EntryTermKind.TARGET, term.value))
        case EntryTermKind.PURPOSE:
            return str(term.value) in {*Purpose, "*"}
        case EntryTermKind.REASON:
            return str(term.value) in errors.kinds()
        case EntryTermKind.REQUEST | EntryTermKind.SESSION:
            return _ID.fullmatch(str(term.value)) is not None
        case EntryTermKind.NUMBER | EntryTermKind.NUMBER_ENDING | EntryTermKind.SEARCHED:
            return False
        case _:
            return True


def _finds_something(term: EntryTerm) -> bool:
    return bool(log_search.entries(EntryFilter((term,)), offset=0, limit=1))
