"""The terms of a search: what there are, for the help, and how a form's fields become a query and back. No
I/O.

A value with a blank in it stands in double quotes. What a term means is the agent's to say; this only
writes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.text import _


@dataclass(frozen=True)
class Term:
    example: str
    help: str


CONTACT_TERMS = (
    Term("anna vatten", _("free text: names, services, notes, tags")),
    Term("number:0401234567", _("a number as it is dialled; number:*4567 by its end")),
    Term("adviser:anna", _("who took the call")),
    Term("service:vatten", _("the service that was called")),
    Term("direction:in", _("in, from a customer; out, to one")),
    Term("after:2026-01-31", _("from this day on; before: until the day before; on: that day")),
    Term("longer:5m", _("longer than; shorter:30s shorter than")),
    Term("case:C-118", _("belongs to a case")),
    Term("tag:complaint", _("has a tag")),
    Term("has:note", _("has a note")),
    Term("-service:avlopp", _("a minus before a term: not")),
)
LOG_TERMS = (
    Term("actor:anna.berg", _("who did it")),
    Term("action:contact.listen", _("what was done")),
    Term("outcome:refused", _("allowed, refused or failed")),
    Term("contact:ID", _("on which contact")),
    Term("purpose:complaint", _("for which purpose")),
    Term("after:2026-01-31", _("from this day on; before: until the day before; on: that day")),
    Term("uid:1000", _("which user of the operating system")),
    Term("number:0401234567", _("who searched for this number, or for its end")),
    Term("searched:Berg", _("who searched for these words")),
    Term("request:ID", _("the entries of one request; session: of one signing in")),
    Term("-action:audit.read", _("a minus before a term: not")),
)

_PARTS = re.compile(r'-?(?:(?P<name>\w+):)?(?P<value>"[^"]*"|\S+)')


def written(name: str, value: str) -> str:
    """One term; a value with blanks is quoted, and loses quotes of its own."""
    bare = value.replace('"', "").strip()
    return f'{name}:"{bare}"' if " " in bare else f"{name}:{bare}"


def taken_apart(query: str, names: tuple[str, ...]) -> tuple[dict[str, str], str]:
    """Split a query into the values of the named terms and whatever else it holds.

    Of a term that stands there twice the last goes into the form and the others stay in the rest, as do
    negated ones.
    """
    values: dict[str, str] = {}
    rest: list[str] = []
    for part in _PARTS.finditer(query):
        name = part["name"]
        if name in names and not part[0].startswith("-"):
            if name in values:
                rest.append(written(name, values[name]))
            values[name] = part["value"].strip('"')
        else:
            rest.append(part[0])
    return values, " ".join(rest)


def put_together(values: dict[str, str], rest: str) -> str:
    """The reverse; empty values are left out."""
    terms = [written(name, value) for name, value in values.items() if value.strip()]
    return " ".join([*terms, rest.strip()]).strip()
