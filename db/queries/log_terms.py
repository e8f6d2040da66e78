"""What a search can ask of entries, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
