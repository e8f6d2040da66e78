"""Sets of contacts that are found through an index of their own: by number, case, tag, or written words."""

from __future__ import annotations

import re
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, Expression

from db.models import CaseLink, Contact, ContactText, FacetText, Tag
from db.queries.contact_terms import Term, TermKind
from db.queries.reading import first_tuple
from db.queries.words import bindable, folded

BARE_DIGITS = 3
"""Digits that a word of free text needs to be looked for in numbers too."""


def members(term: Term) -> Any:
    """Select the `seq` of every contact for which a term holds, the term's "not" left aside."""
    value = str(term.value)
    match term.kind:
        case TermKind.NUMBER:
            return Contact.select(Contact.seq).where(Contact.number == bindable(value))
        case TermKind.NUMBER_ENDING:
            return _number_ends(re.sub(r"[^0-9]", "", value))
        case TermKind.CASE:
            return CaseLink.select(CaseLink.contact).where(CaseLink.case_key == folded(value))
        case TermKind.TAG:
            return Tag.select(Tag.contact).where(Tag.tag_key == folded(value))
        case _:
            raise ValueError(f"no index of its own serves {term.kind}")


def written(word: str, phrase: str) -> Any | None:
    """Select the `seq` of every contact with a word in its notes or tags, or with its digits in the number.

    Returns:
        None when there is no such contact.
    """
    sets = [ContactText.select(ContactText.rowid).where(_matches("contact_text", phrase)), *_in_numbers(word)]
    found = [select for select in sets if first_tuple(select) is not None]
    return reduce(or_, found) if found else None


def named(phrase: str) -> Any | None:
    """Select the id of every facet with a word in the names of its adviser or service; None when there is none."""
    select = FacetText.select(FacetText.rowid).where(_matches("facet_text", phrase))
    return None if first_tuple(select) is None else select


def _matches(table: str, phrase: str) -> Any:
    return Expression(SQL(table), "MATCH", phrase)


def _in_numbers(word: str) -> list[Any]:
    digits = re.sub(r"[+ ()/.-]", "", word)
    if not (digits.isascii() and digits.isdigit() and len(digits) >= BARE_DIGITS):
        return []
    international = digits.removeprefix("00")
    beginning = "+" + international
    return [
        Contact.select(Contact.seq).where(Contact.number.between(beginning, beginning + ":")),
        _number_ends(digits if international != digits else digits.removeprefix("0")),
    ]


def _number_ends(digits: str) -> Any:
    """By the digits backwards; `:` is the character after `9`. Without digits, nothing."""
    backwards = digits[::-1] or ":"
    reversed_column = Contact.number_reversed
    return Contact.select(Contact.seq).where(reversed_column >= backwards, reversed_column < backwards + ":")
