"""What a convention reads from a recording's file name, the same for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.wire import Direction

YEARS = range(1990, 2100)
"""A call of another year is a misread number."""


@dataclass(frozen=True, slots=True)
class NameFacts:
    dest: str | None = None
    """Who was called; None, as `caller`, when the name does not say or it cannot be told where one ends."""
    caller: str | None = None
    local: datetime | None = None
    """When the recording began, on the recorder's clock, without a zone."""
    local_said: str = ""
    """The same as it stands in the name."""
    epoch_s: float | None = None
    """When the call's channel was made, an instant that knows no zone."""
    direction: Direction | None = None
    is_internal: bool = False
    """Between two of the house: there is no customer."""
    problems: tuple[str, ...] = ()
    """What could not be read, in English; without any text of the name."""
