"""What a convention reads from a recording's file name, the same for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from agent.wire import Direction

YEARS = range(1990, 2100)
"""A call of another year is a misread number."""
UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
NO_TIME = "the date and time are none"
NO_PARTIES = "it cannot be told which numbers called and were called"
NO_DIRECTION = "it cannot be told whether the customer called or was called"

IsOurs = Callable[[str], bool]
"""Tells whether a party, as a name has it, is a telephone, a queue or a number of the house."""


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


def stem_of(relative_name: str) -> str:
    """The file's own name without its folders and its ending."""
    return relative_name.rpartition("/")[2].rpartition(".")[0]


def local_of(digits: str, form: str = "%Y%m%d%H%M%S") -> datetime | None:
    """The time that digits stand for, without a zone; None when they stand for none."""
    try:
        local = datetime.strptime(digits, form)  # noqa: DTZ007 - the zone is the source's, not the name's
    except ValueError:
        return None
    return local if local.year in YEARS else None


def direction_between(dest: str | None, caller: str | None, is_ours: IsOurs) -> Direction | None:
    """Which way a call went, when just one side of it is the house's."""
    if dest is None or caller is None or is_ours(dest) == is_ours(caller):
        return None
    return Direction.IN if is_ours(dest) else Direction.OUT
