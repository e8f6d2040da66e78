"""The searches that the audit screen makes by itself: its sections, a person's day, an hour. No I/O.

What a term means is the agent's to say; this only writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tui.query_terms import put_together, taken_apart, written
from tui.text import pgettext

READING = "audit.read"
WITHOUT_READINGS = f"-action:{READING}"
PEOPLE_ONLY = f"{WITHOUT_READINGS} -action:contact.take_in -action:contact.released -action:log.heartbeat"
"""What people did and what is wrong: the agent takes in, closes and beats more often than people act."""
SECRET_TERMS = ("number", "searched")
"""Terms whose value is a customer's: a search that holds one is not kept among the earlier searches."""
PERIOD = ("after", "before", "on")


@dataclass(frozen=True, kw_only=True)
class LogSection:
    """A search that is always at hand, with its count in sight."""

    name: str
    words: str
    query: str


SECTIONS = (
    LogSection(name="people", words=pgettext("section of the log", "People"), query=PEOPLE_ONLY),
    LogSection(name="refused", words=pgettext("section of the log", "Refused"), query="outcome:refused"),
    LogSection(name="direct", words=pgettext("section of the log", "Direct opens"), query="action:file.open"),
    LogSection(name="all", words=pgettext("section of the log", "Everything"), query=WITHOUT_READINGS),
)


def section_of(query: str) -> LogSection | None:
    """The section that a search is; None for a search of one's own."""
    return next((section for section in SECTIONS if section.query == query), None)


def feeds_itself(query: str) -> bool:
    """Whether reading this list anew adds to it: it may hold entries of readings of the log that were allowed."""
    values, rest = taken_apart(query, ("action", "outcome", "contact", "purpose"))
    if WITHOUT_READINGS in rest.split() or "contact" in values or "purpose" in values:
        return False
    if values.get("outcome", "allowed") != "allowed":
        return False
    return READING.startswith(values.get("action", "").removesuffix("*"))


def other_day(query: str, days: int) -> str | None:
    """The same search on another day; None when it is not bound to one day by an ISO date."""
    values, rest = taken_apart(query, ("on",))
    try:
        moved = date.fromisoformat(values.get("on", "")) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return put_together({"on": moved.isoformat()}, rest)


def in_hour(query: str, day: date, hour: int) -> str:
    """The same search in one hour of one day, in the installation's zone."""
    _values, rest = taken_apart(query, PERIOD)
    begins = f"{day.isoformat()}T{hour:02}:00"
    ends = f"{(day + timedelta(days=1)).isoformat()}T00:00" if hour == 23 else f"{day.isoformat()}T{hour + 1:02}:00"
    return put_together({"after": begins, "before": ends}, rest)


def on_day(query: str, day: date) -> str:
    """The same search on one whole day."""
    _values, rest = taken_apart(query, PERIOD)
    return put_together({"on": day.isoformat()}, rest)


def searches_for(said: str) -> str:
    """The search for whoever searched for a number, or for words when it is none."""
    bare = said.strip()
    digits = sum(letter.isdigit() for letter in bare)
    is_number = digits > 2 and not any(letter.isalpha() for letter in bare)
    return written("number" if is_number else "searched", bare)
