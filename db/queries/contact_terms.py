"""What a search can ask of contacts, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TermKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    NUMBER_ENDING = "number-ending"
    WITHHELD = "withheld"
    ADVISER = "adviser"
    SERVICE = "service"
    DIRECTION = "direction"
    AFTER = "after"
    BEFORE = "before"
    OFF = "off"
    LONGER = "longer"
    SHORTER = "shorter"
    CASE = "case"
    TAG = "tag"
    HAS_NOTE = "has-note"
    SOURCE = "source"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked; negated, everything else is found, also what has no value."""

    kind: TermKind
    value: str | int = ""
    """TEXT: words. NUMBER: E.164. NUMBER_ENDING: digits. ADVISER, SERVICE: how they begin, in whatever case.
    AFTER, LONGER: milliseconds, themselves included. BEFORE, SHORTER: milliseconds, not included. OFF: started at
    any time but from the first up to the second of two, joined by a slash. WITHHELD, HAS_NOTE, ATTENTION: not
    looked at."""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ContactFilter:
    terms: tuple[Term, ...] = ()
    """All of them must hold."""
    own_of: str | None = None
    """Only the own calls of this user."""
    up_to_seq: int | None = None
    """A snapshot: nothing that arrived later."""
    after_seq: int | None = None
