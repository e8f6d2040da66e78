"""What rules look at: frozen, and gathered before any of them runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from db.records import ListeningRecord, TraceRecord


@dataclass(frozen=True, slots=True)
class Evidence:
    now_ms: int
    zone: ZoneInfo
    """Of the installation: what a day and a night are."""
    listenings: Sequence[ListeningRecord] = ()
    refusals: Sequence[TraceRecord] = ()
    opens: Sequence[TraceRecord] = ()
    gaps: Sequence[TraceRecord] = ()
    notes: Mapping[tuple[str, str], Sequence[int]] = field(default_factory=dict)
    """(author, contact) = when notes were written, for what was heard for a complaint."""
    callers: Mapping[str, str] = field(default_factory=dict)
    """Contact = stand-in for the number on it, for contacts of accounts that listen enough to matter."""
    agreements: Mapping[str, int] = field(default_factory=dict)
    """Account that needs an agreement = when its last one ends, in milliseconds."""

    def local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self.zone)

    def day(self, at_ms: int) -> date:
        return self.local(at_ms).date()
