"""What a query's days and numbers mean here: the zone and the country of the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from agent.settings import Settings


class Reckoning(TypedDict):
    zone: ZoneInfo
    country: str
    today: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """The first source's zone and country stand for the installation; without a source, UTC and Finland."""

    zone: ZoneInfo
    country: str

    @classmethod
    def of(cls, settings: Settings) -> Calendar:
        first = next(iter(settings.source), None)
        return cls(ZoneInfo(first.zone if first else "UTC"), first.country if first else "FI")

    def now(self, now_ms: int) -> Reckoning:
        today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(self.zone).date()
        return Reckoning(zone=self.zone, country=self.country, today=today)
