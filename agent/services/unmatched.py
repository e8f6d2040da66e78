"""Calls without a recording, and recordings without a call, of the sources whose telephone system keeps records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agent.installation import Installation
from agent.intake.call_records import CallRecords
from agent.intake.metadata.conventions import read_name
from agent.intake.metadata.house import House
from agent.intake.unmatched import GRACE, Recorded, Unmatched, unmatched
from agent.services.caller import Caller
from agent.services.gate import Gate
from agent.settings import Source
from agent.wire import Capability
from db.queries import source_names

DEFAULT_DAYS = 7


@dataclass(frozen=True, slots=True)
class SourceUnmatched:
    source: str
    found: Unmatched
    trouble: str = ""
    """Why the records could not be read, in English; then nothing was compared."""
    unreadable_lines: int = 0


class UnmatchedDesk:
    """Raises what `agent.services.gate` does."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._house = gate.house
        self._records: dict[str, CallRecords] = {}

    def report(self, caller: Caller, *, days: int = DEFAULT_DAYS) -> list[SourceUnmatched]:
        """Compare the last days of every source that names its call records.

        Numbers of customers stand in it, so the look is an entry.
        """
        with self._gate.access(caller, "unmatched.read", needs=Capability.INTAKE_READ) as access:
            access.detail["days"] = days
            return [self._of(source, days) for source in self._house.settings.source if source.call_records]

    def _of(self, source: Source, days: int) -> SourceUnmatched:
        records = self._followed(source)
        zone = ZoneInfo(source.zone)
        now = datetime.fromtimestamp(self._house.now_ms() / 1000, zone).replace(tzinfo=None)
        since = now - timedelta(days=days)
        try:
            records.read_on()
            found = unmatched(records.calls(), self._recorded(source, since), since=since, now=now)
        except OSError as error:
            return SourceUnmatched(source.name, Unmatched((), (), 0), error.strerror or type(error).__name__)
        return SourceUnmatched(source.name, found, unreadable_lines=records.unreadable_lines)

    def _followed(self, source: Source) -> CallRecords:
        assert source.call_records is not None
        if source.name not in self._records:
            self._records[source.name] = CallRecords(source.call_records)
        return self._records[source.name]

    def _recorded(self, source: Source, since: datetime) -> Iterator[Recorded]:
        return recorded_of(self._house, source, since)


def recorded_of(house: Installation, source: Source, since: datetime) -> Iterator[Recorded]:
    """The recordings of a source that began since then, and a while before, with the calls that their names tell.

    Args:
        house: Where they are.
        source: Whose names they have.
        since: On the source's clock.
    """
    zone = ZoneInfo(source.zone)
    is_ours = House.of(house.settings, source).is_ours
    from_at = (since - GRACE).replace(tzinfo=zone).astimezone(UTC)
    for contact_id, name, started_at_ms in source_names.of_source(source.name, round(from_at.timestamp() * 1000)):
        started = datetime.fromtimestamp(started_at_ms / 1000, zone).replace(tzinfo=None)
        yield Recorded(contact_id, read_name(source, name, is_ours).call_id, started)
