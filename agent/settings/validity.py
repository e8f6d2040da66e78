"""From when until when something in the settings holds, on the recorder's clock.

from  = 2026-01-15              the first day
until = 2026-05-01              the first day on which it is no longer so
until = 2026-05-01T12:00:00     or a moment of that day
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from agent.settings.part import Part


def _local(said: Any) -> Any:
    """A day stands for its first moment; a moment with a zone of its own would not be the recorder's."""
    if isinstance(said, str):
        said = datetime.fromisoformat(said)
    if isinstance(said, datetime):
        if said.tzinfo is not None:
            raise ValueError("write it without a zone: it is on the clock of the source")
        return said
    return datetime(said.year, said.month, said.day) if isinstance(said, date) else said  # noqa: DTZ001 - the source's


LocalTime = Annotated[datetime, BeforeValidator(_local)]


class Validity(Part):
    """What holds for a time only; both ends may be open."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    from_: LocalTime | None = Field(default=None, alias="from")
    """The first moment."""
    until: LocalTime | None = None
    """The first moment no longer, so that one's end is the next one's start."""

    @model_validator(mode="after")
    def _has_an_order(self) -> Validity:
        if self.from_ is not None and self.until is not None and self.from_ >= self.until:
            raise ValueError("until must come after from")
        return self

    def holds(self, local: datetime) -> bool:
        """Tell whether it holds at a moment on the source's clock, without a zone."""
        return (self.from_ is None or self.from_ <= local) and (self.until is None or local < self.until)


def overlap(periods: Sequence[Validity]) -> bool:
    """Tell whether two of these hold at one moment."""
    in_order = sorted(periods, key=lambda period: period.from_ or datetime.min)  # noqa: DTZ901 - on no clock at all
    return any(
        earlier.until is None or later.from_ is None or later.from_ < earlier.until
        for earlier, later in pairwise(in_order)
    )
