"""What a convention reads from a recording's file name, the same for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from agent.wire import Direction

YEARS = range(1990, 2100)
"""A call of another year is a misread number."""


@dataclass(frozen=True, slots=True)
class NameFacts:
    dest: str | None = None
    """Who was called; None, as `caller`, when the name does not say or it cannot be told where one ends."""
    caller: str | None = None
    number: str | None = None
    """The customer's, where the name says whose it is whichever way the call went; empty when withheld."""
    extension: str | None = None
    """The adviser's telephone, where the name says so whichever way the call went."""
    adviser: str | None = None
    """The adviser's name or account."""
    queue: str | None = None
    service: str | None = None
    local: datetime | None = None
    """When the recording began, on the recorder's clock; with a zone only where the name states one."""
    local_said: str = ""
    """The same as it stands in the name."""
    day: date | None = None
    """The recorder's day, of names whose folders say no more than that."""
    epoch_s: float | None = None
    """When the call's channel was made, an instant that knows no zone."""
    direction: Direction | None = None
    is_internal: bool = False
    """Between two of the house: there is no customer."""
    call_id: str | None = None
    """The recorder's own name of the call (uniqueid, UUID, Call-ID), by which other sources speak of it."""
    call_key: str | None = None
    """The same for all files of one source that were recorded at the same time of one call (its legs and their mix) and
    for no other; None where the convention knows no such files."""
    leg: str = ""
    """Which of these files it is, as the recorder calls it (`in`, `out`, an SSRC); empty for a mix, and for a file that
    is the whole call."""
    problems: tuple[str, ...] = ()
    """What could not be read, in English; without any text of the name."""
