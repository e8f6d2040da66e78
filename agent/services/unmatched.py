"""Calls without a recording, and recordings without a call, of the sources whose telephone system keeps records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agent import wire
from agent.installation import Installation
from agent.intake.known_calls import KnownCalls
from agent.intake.metadata.conventions import read_name
from agent.intake.metadata.house import House
from agent.intake.unmatched import GRACE, OVERLAP, Recorded, Unmatched, unmatched
from agent.services.bodies import instant
from agent.services.caller import Caller
from agent.services.gate import Gate
from agent.settings import Source
from agent.wire import Capability
from db.queries import source_names

DEFAULT_DAYS = 7
MOST_DAYS = 366
SHOWN = 200
"""Calls, and recordings, of a source that an answer names; the others are counted."""
ACTION = "unmatched.read"


@dataclass(frozen=True, slots=True)
class SourceUnmatched:
    source: str
    found: Unmatched
    trouble: str = ""
    """Why the records could not be read, in English; then nothing was compared."""
    unreadable_lines: int = 0


class UnmatchedDesk:
    """What people can ask. It raises what `agent.services.gate` does."""

    def __init__(self, gate: Gate, calls: KnownCalls) -> None:
        self._gate = gate
        self._house = gate.house
        self._calls = calls

    def read(self, caller: Caller, *, days: int = DEFAULT_DAYS) -> wire.Unmatched:
        """The report as it is told: the last of each source, and how many there are."""
        zones = {source.name: ZoneInfo(source.zone) for source in self._house.settings.source}
        reports = self.report(caller, days=days)
        return wire.Unmatched(days=days, sources=[_body(report, zones[report.source]) for report in reports])

    def report(self, caller: Caller, *, days: int = DEFAULT_DAYS) -> list[SourceUnmatched]:
        """Compare the last days of every source that names its call records.

        Numbers of customers stand in it, so the look is an entry.
        """
        with self._gate.access(caller, ACTION, needs=Capability.INTAKE_READ) as access:
            access.detail["days"] = days
            return compared(self._house, self._calls, days)


def compared(house: Installation, calls: KnownCalls, days: int) -> list[SourceUnmatched]:
    """The report of every source that names its call records. Where the register may be read.

    Args:
        house: Its settings and recordings.
        calls: What the records say, as the intake knows it too.
        days: How far it goes back.
    """
    return [_of(house, source, calls, days) for source in house.settings.source if source.call_records is not None]


def _of(house: Installation, source: Source, calls: KnownCalls, days: int) -> SourceUnmatched:
    now = datetime.fromtimestamp(house.now_ms() / 1000, ZoneInfo(source.zone)).replace(tzinfo=None)
    since = now - timedelta(days=days)
    try:
        with calls.since(source.name, since - OVERLAP) as told:
            recorded = _recorded(house, source, since)
            found = unmatched(told.calls(), recorded, since=since, now=now, first=told.first_started)
            return SourceUnmatched(source.name, found, unreadable_lines=told.unreadable_lines)
    except OSError as error:
        return SourceUnmatched(source.name, Unmatched((), (), 0), error.strerror or str(error))


def _recorded(house: Installation, source: Source, since: datetime) -> Iterator[Recorded]:
    """The recordings that began since then, and a while before, with the calls that their names tell."""
    zone = ZoneInfo(source.zone)
    is_ours = House.of(house.settings, source).is_ours
    from_at = (since - GRACE).replace(tzinfo=zone).astimezone(UTC)
    for contact_id, name, started_at_ms in source_names.of_source(source.name, round(from_at.timestamp() * 1000)):
        started = datetime.fromtimestamp(started_at_ms / 1000, zone).replace(tzinfo=None)
        yield Recorded(contact_id, read_name(source, name, is_ours).call_id, started)


def _body(report: SourceUnmatched, zone: ZoneInfo) -> wire.UnmatchedSource:
    found = report.found
    calls = found.calls[::-1]
    recordings = sorted(found.recordings, key=lambda recording: recording.started, reverse=True)
    return wire.UnmatchedSource(
        source=report.source,
        trouble=report.trouble or None,
        call_count=len(calls),
        calls=[
            wire.CallWithoutRecording(
                at=None if call.started is None else _instant(call.started, zone),
                call_id=call.unique_id,
                length_s=call.billed_s,
            )
            for call in calls[:SHOWN]
        ],
        recording_count=len(recordings),
        recordings=[
            wire.RecordingWithoutCall(
                at=_instant(recording.started, zone), call_id=recording.call_id or "", contact_id=recording.contact_id
            )
            for recording in recordings[:SHOWN]
        ],
        uncertain=found.uncertain,
    )


def _instant(started: datetime, zone: ZoneInfo) -> datetime:
    return instant(round(started.replace(tzinfo=zone).timestamp() * 1000))
