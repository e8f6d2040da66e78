"""Reading what people type into a search, for contacts and for the log.

    query  = term*                      joined by blanks, all of them must hold
    term   = [-] (word | field:value)   a leading minus is "not"
    value  = word | "words in quotes"

It is pure: zone, country and today's date are handed in. It raises `UnknownTerm` and nothing else, whatever is typed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from agent.errors import UnknownTerm
from agent.services.query_time import NotATimeError, beginning_ms, day, duration_ms
from db.queries.contacts import Term, TermKind
from db.queries.log_search import EntryTerm, EntryTermKind

Meaning = TypeVar("Meaning")

_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<field>[^\W\d][\w.-]*):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S*))')
_NUMBER_MARKS = str.maketrans("", "", " -()./")
WORDS_LIMIT = 50
"""Words of one query: each is a part of one SQL statement, and of the query's entry in the log."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    """As it was typed, for the error."""
    negated: bool
    field: str | None
    value: str


@dataclass(frozen=True, slots=True)
class _Where:
    zone: ZoneInfo
    country: str
    today: date


def contact_terms(query: str, *, zone: ZoneInfo, country: str, today: date) -> tuple[Term, ...]:
    """Read a search for contacts.

    Args:
        zone: Where a day begins and ends.
        country: ISO 3166 code, for numbers that are written without one.

    Raises:
        UnknownTerm: a term that there is not, or a value that cannot be understood.
    """
    where = _Where(zone, country, today)
    return tuple(term for token in _tokens(query) for term in _contact_terms(token, where))


def entry_terms(query: str, *, zone: ZoneInfo, country: str, today: date) -> tuple[EntryTerm, ...]:
    """Read a search in the log; free text is refused.

    Args:
        query: As it was typed.
        zone: Where a day begins and ends.
        country: ISO 3166 code, for numbers that are written without one.
        today: There.

    Raises:
        UnknownTerm: a term that there is not, or a value that cannot be understood.
    """
    where = _Where(zone, country, today)
    return tuple(term for token in _tokens(query) for term in _entry_terms(token, where))


def _tokens(query: str) -> Iterator[_Token]:
    words = 0
    for token in _split(query):
        words += max(1, len(token.value.split()))
        if words > WORDS_LIMIT:
            raise UnknownTerm(term=token.text, why=f"a query has at most {WORDS_LIMIT} words")
        yield token


def _split(query: str) -> Iterator[_Token]:
    at = 0
    while at < len(query):
        if query[at].isspace():
            at += 1
            continue
        found = _TOKEN.match(query, at)
        assert found is not None
        at = max(found.end(), at + 1)
        value = found["plain"] if found["quoted"] is None else found["quoted"]
        field = found["field"]
        yield _Token(found[0], bool(found["minus"]), None if field is None else field.casefold(), value or "")


# --- contacts ------------------------------------------------------------------------------------------------------


def _contact_terms(token: _Token, where: _Where) -> list[Term]:
    if token.field is None:
        return [Term(TermKind.TEXT, token.value, token.negated)] if token.value else []
    read = _known(_CONTACT_FIELDS, token)
    _require_value(token)
    return read(token, where)


def _named(kind: TermKind) -> Callable[[_Token, _Where], list[Term]]:
    def read(token: _Token, where: _Where) -> list[Term]:
        return [Term(kind, token.value, token.negated)]

    return read


def _number(token: _Token, where: _Where) -> list[Term]:
    if token.value.translate(_NUMBER_MARKS).casefold() == "withheld":
        return [Term(TermKind.WITHHELD, "", token.negated)]
    ending = _ending(token)
    if ending is not None:
        return [Term(TermKind.NUMBER_ENDING, ending, token.negated)]
    return [Term(TermKind.NUMBER, _e164(token, where), token.negated)]


def _ending(token: _Token) -> str | None:
    """The digits of `*4567`; None when there is no star."""
    said = token.value.translate(_NUMBER_MARKS)
    if not said.startswith("*"):
        return None
    ending = said.lstrip("*")
    if not (ending.isascii() and ending.isdigit()):
        raise UnknownTerm(term=token.text, why="digits go behind the star, as in number:*4567")
    return ending


def _e164(token: _Token, where: _Where) -> str:
    try:
        number = phonenumbers.parse(token.value.translate(_NUMBER_MARKS), where.country)
    except NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise UnknownTerm(term=token.text, why="this is no telephone number; for its last digits write number:*4567")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _direction(token: _Token, where: _Where) -> list[Term]:
    said = token.value.casefold()
    if said not in ("in", "out"):
        raise UnknownTerm(term=token.text, why="a direction is in or out")
    return [Term(TermKind.DIRECTION, said, token.negated)]


def _has(token: _Token, where: _Where) -> list[Term]:
    kinds = {"note": TermKind.HAS_NOTE, "attention": TermKind.ATTENTION}
    kind = kinds.get(token.value.casefold())
    if kind is None:
        raise UnknownTerm(term=token.text, why="there are has:note and has:attention")
    return [Term(kind, "", token.negated)]


def _length(kind: TermKind) -> Callable[[_Token, _Where], list[Term]]:
    def read(token: _Token, where: _Where) -> list[Term]:
        try:
            return [Term(kind, duration_ms(token.value), token.negated)]
        except NotATimeError as error:
            raise UnknownTerm(term=token.text, why=str(error)) from error

    return read


def _instant(kind: TermKind) -> Callable[[_Token, _Where], list[Term]]:
    def read(token: _Token, where: _Where) -> list[Term]:
        return [Term(kind, _beginning_ms(token, where), token.negated)]

    return read


def _on(token: _Token, where: _Where) -> list[Term]:
    from_ms, until_ms = _day(token, where)
    if token.negated:
        return [Term(TermKind.OFF, f"{from_ms}/{until_ms}")]
    return [Term(TermKind.AFTER, from_ms), Term(TermKind.BEFORE, until_ms)]


_CONTACT_FIELDS: dict[str, Callable[[_Token, _Where], list[Term]]] = {
    "number": _number,
    "adviser": _named(TermKind.ADVISER),
    "service": _named(TermKind.SERVICE),
    "direction": _direction,
    "after": _instant(TermKind.AFTER),
    "before": _instant(TermKind.BEFORE),
    "on": _on,
    "longer": _length(TermKind.LONGER),
    "shorter": _length(TermKind.SHORTER),
    "case": _named(TermKind.CASE),
    "tag": _named(TermKind.TAG),
    "has": _has,
    "source": _named(TermKind.SOURCE),
}

# --- the log -------------------------------------------------------------------------------------------------------


def _entry_terms(token: _Token, where: _Where) -> list[EntryTerm]:
    if token.field is None:
        if not token.value:
            return []
        fields = ", ".join(f"{field}:" for field in _ENTRY_FIELDS)
        raise UnknownTerm(term=token.text, why=f"a term of the log begins with one of {fields}")
    kind = _known(_ENTRY_FIELDS, token)
    _require_value(token)
    match kind:
        case None:
            return _entry_on(token, where)
        case EntryTermKind.UID:
            value: str | int = _uid(token)
        case EntryTermKind.AFTER | EntryTermKind.BEFORE:
            value = _beginning_ms(token, where)
        case EntryTermKind.OUTCOME:
            value = _outcome(token)
        case EntryTermKind.ACTION:
            value = token.value.casefold().removesuffix("*") or "*"
        case EntryTermKind.PURPOSE | EntryTermKind.REASON | EntryTermKind.SESSION:
            value = token.value.casefold()
        case EntryTermKind.VIA:
            value = _via(token)
        case EntryTermKind.NUMBER:
            ending = _ending(token)
            if ending is not None:
                return [EntryTerm(EntryTermKind.NUMBER_ENDING, ending, token.negated)]
            value = _e164(token, where)
        case _:
            value = token.value
    return [EntryTerm(kind, value, token.negated)]


def _entry_on(token: _Token, where: _Where) -> list[EntryTerm]:
    from_ms, until_ms = _day(token, where)
    if token.negated:
        return [EntryTerm(EntryTermKind.OFF, f"{from_ms}/{until_ms}")]
    return [EntryTerm(EntryTermKind.AFTER, from_ms), EntryTerm(EntryTermKind.BEFORE, until_ms)]


def _outcome(token: _Token) -> str:
    said = token.value.casefold()
    if said not in _OUTCOMES:
        raise UnknownTerm(term=token.text, why="an outcome is allowed, refused or failed")
    return said


def _via(token: _Token) -> str:
    said = token.value.casefold()
    if said not in _VIAS:
        raise UnknownTerm(term=token.text, why=f"an entry comes through one of {', '.join(_VIAS)}")
    return said


def _uid(token: _Token) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", token.value):
        raise UnknownTerm(term=token.text, why="a uid is a number")
    return int(token.value)


_OUTCOMES = ("allowed", "refused", "failed")
_VIAS = ("tui", "cli", "api", "server", "agent", "sentry")

_ENTRY_FIELDS: dict[str, EntryTermKind | None] = {
    "actor": EntryTermKind.ACTOR,
    "action": EntryTermKind.ACTION,
    "outcome": EntryTermKind.OUTCOME,
    "contact": EntryTermKind.CONTACT,
    "target": EntryTermKind.TARGET,
    "purpose": EntryTermKind.PURPOSE,
    "after": EntryTermKind.AFTER,
    "before": EntryTermKind.BEFORE,
    "on": None,  # a day, two bounds
    "uid": EntryTermKind.UID,
    "number": EntryTermKind.NUMBER,
    "searched": EntryTermKind.SEARCHED,
    "same-caller": EntryTermKind.SAME_CALLER,
    "case": EntryTermKind.CASE,
    "reason": EntryTermKind.REASON,
    "request": EntryTermKind.REQUEST,
    "session": EntryTermKind.SESSION,
    "via": EntryTermKind.VIA,
}

# --- what both need ------------------------------------------------------------------------------------------------


def _beginning_ms(token: _Token, where: _Where) -> int:
    try:
        return beginning_ms(token.value, zone=where.zone, today=where.today)
    except NotATimeError as error:
        raise UnknownTerm(term=token.text, why=str(error)) from error


def _day(token: _Token, where: _Where) -> tuple[int, int]:
    try:
        whole = day(token.value, zone=where.zone, today=where.today)
    except NotATimeError as error:
        raise UnknownTerm(term=token.text, why=str(error)) from error
    return whole.from_ms, whole.until_ms


def _known(fields: Mapping[str, Meaning], token: _Token) -> Meaning:
    assert token.field is not None
    if token.field not in fields:
        nearest = _nearest(token.field, fields)
        hint = f"; did you mean {nearest}:" if nearest else ""
        raise UnknownTerm(term=token.text, why=f"there is no field {token.field}:{hint}")
    return fields[token.field]


def _require_value(token: _Token) -> None:
    if not token.value.strip():
        raise UnknownTerm(term=token.text, why=f"nothing stands behind {token.field}:")


def _nearest(said: str, known: Mapping[str, object]) -> str | None:
    """The known word that was half typed, or else looks most like it."""
    begun = [word for word in known if word.startswith(said)]
    return next(iter(begun or difflib.get_close_matches(said, list(known), n=1)), None)
