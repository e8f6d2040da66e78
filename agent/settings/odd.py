"""What counts as odd in the log: rules with their bounds, each to be switched off.

[odd.office]
opens = "07:00"                  # in the installation's zone
closes = "18:00"
weekdays = [1, 2, 3, 4, 5]       # 1 is Monday

[odd.much_listening]
factor = 3.0                     # times one's own usual day
[odd.sentry_gap]
on = false
"""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field, model_validator

from agent.settings.part import Part

WINDOW_DAYS = 28
"""How far back the rules look."""

Weekday = Annotated[int, Field(ge=1, le=7)]


class Office(Part):
    """When people are at work, in the installation's zone."""

    opens: time = time(7)
    closes: time = time(18)
    weekdays: list[Weekday] = Field(default=[1, 2, 3, 4, 5])
    """1 is Monday."""

    @model_validator(mode="after")
    def _is_a_day(self) -> Office:
        if self.opens >= self.closes:
            raise ValueError("the office closes before it opens")
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("hours are those of the installation's zone; write 07:00")
        return self


class Rule(Part):
    on: bool = True


class MuchListening(Rule):
    """Listenings of one account on one day, against the median of the days before on which it listened."""

    factor: float = Field(default=3.0, ge=1)
    least: int = Field(default=20, ge=1)
    """Fewer on a day are never much."""
    days: int = Field(default=10, ge=1, le=WINDOW_DAYS - 1)
    """Working days that make the usual."""


class AtNight(Rule):
    """Listenings outside office hours, by account and day."""

    least: int = Field(default=1, ge=1)


class SameCaller(Rule):
    """Listenings of one account to calls with one number."""

    count: int = Field(default=5, ge=2)
    days: int = Field(default=7, ge=1, le=WINDOW_DAYS)


class NoNote(Rule):
    """Listening for a complaint after which the listener wrote no note on the contact."""

    hours: float = Field(default=24.0, gt=0, le=24 * 14)


class RefusedInARow(Rule):
    """Refusals of one person that lie close together, whatever was permitted between them."""

    count: int = Field(default=5, ge=2)
    minutes: float = Field(default=10.0, gt=0, le=24 * 60)
    """From one to the next."""


class AgreementEnding(Rule):
    days: int = Field(default=30, ge=1, le=365)
    """Before its end."""


class OddRules(Part):
    office: Office = Office()
    much_listening: MuchListening = MuchListening()
    at_night: AtNight = AtNight()
    same_caller: SameCaller = SameCaller()
    no_note: NoNote = NoNote()
    refused_in_a_row: RefusedInARow = RefusedInARow()
    direct_open: Rule = Rule()
    agreement_ending: AgreementEnding = AgreementEnding()
    sentry_gap: Rule = Rule()
