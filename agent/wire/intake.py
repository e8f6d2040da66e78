"""How the intake and the whole agent are."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.wire.body import Body, Instant


class SourceStatus(Body):
    name: str
    convention: str
    watching: bool
    trouble: str | None = None
    """Why it is not watched, in English."""
    waiting: int
    """Files seen that are not yet complete."""
    taken_in: int
    """Since the agent started."""
    last_taken_in_at: Instant | None = None
    left_alone: int
    """Files in the spool that are neither recordings nor sidecars."""
    in_work: int = 0
    """Files that are being taken in at this moment, of those that wait."""
    silent_since: Instant | None = None
    """When the last file came, of a recorder that has been silent for too long of its office time."""


class IntakeStatus(Body):
    sources: list[SourceStatus]
    paused: str | None = None
    """Why nothing is taken in at the moment, in English; None when all is well."""
    by_minute: list[int]
    """Files taken in during each of the last 60 minutes, oldest first."""
    quarantined: int


class QuarantineItem(Body):
    id: str
    at: Instant
    source: str
    source_name: str
    reason: str
    """A stable code: `not-audio`, `empty`, `no-samples`, `not-a-regular-file`, `unreadable`, …"""
    detail: str
    size_bytes: int
    sealed: bool
    """Whether the file was taken out of the spool and sealed; else it was left where it lies."""


class Status(Body):
    version: str
    started_at: Instant
    can_log: bool
    trouble: list[str] = Field(default_factory=list)
    contacts: int
    log_size: int
    checkpoint_at: Instant | None = None
    intake: IntakeStatus | None = None
    """Only for those who may read the intake."""


class Event(Body):
    """One line of `/v1/events`. It holds no customer data: whoever wants to know more asks for it."""

    event: Literal["hello", "contacts", "audit", "intake", "heartbeat"]
    at: Instant
