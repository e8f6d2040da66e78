"""How the intake and the whole agent are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from agent.wire.body import Asked, Body, Instant

_Counted = Annotated[int, Field(ge=0, le=1 << 53)]
"""Of what no program that counts in doubles would miscount."""


class Standing(Body):
    """What the recordings in place of a source have become, and nobody has acknowledged."""

    changed: _Counted
    vanished: _Counted
    newest_seq: _Counted
    """Of the entries of the log that tell of them."""


class AcknowledgeStanding(Asked):
    """What somebody has seen of it, and why it needs no alarm any longer."""

    reason: str = Field(min_length=1, max_length=1000)
    changed: _Counted
    vanished: _Counted
    newest_seq: _Counted


class SourceStatus(Body):
    name: str
    convention: str
    watching: bool
    trouble: str | None = None
    """Why it is not watched, or what else is wrong with it, in English."""
    waiting: int
    """Files seen that are not yet complete."""
    taken_in: int
    """Since the agent started."""
    last_taken_in_at: Instant | None = None
    """Also from before the agent started; None when none of the last contacts is its."""
    left_alone: int
    """Files in the spool that are neither recordings nor sidecars."""
    in_work: int = 0
    """Files that are being taken in at this moment, of those that wait."""
    silent_since: Instant | None = None
    """When the last file came, of a recorder that has been silent for too long of its office time."""
    silent_after_h: float | None = None
    """So many hours of office time without a file are too long; None: nobody watches for that."""
    standing: Standing | None = None
    """Of a source in place; None when nothing stands there."""


class ScanStatus(Body):
    """A backlog on its way in beside the agent, by `earwitness-agent scan`: how far it is."""

    began_at: Instant
    at: Instant
    """When the scan told this last."""
    files: _Counted
    """Found in the spools so far."""
    found_bytes: _Counted
    """Their sizes together."""
    taken_in: _Counted
    quarantined: _Counted
    waiting: _Counted
    """Left for the agent: not complete yet, not to be opened or read, or taken in by it already."""
    taken_bytes: _Counted
    """Of those that were taken in or quarantined."""
    done_bytes: _Counted
    """Of `found_bytes`, those that are done with."""


class IntakeStatus(Body):
    sources: list[SourceStatus]
    paused: str | None = None
    """Why nothing is taken in at the moment, in English; None when all is well."""
    by_minute: list[int]
    """Files that the agent took in during each of the last 60 minutes, oldest first; a scan's are not among them."""
    quarantined: int
    scan: ScanStatus | None = None
    """A scan that runs; None when none does, or when it cannot say how far it is."""


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
    sha256: str | None = None
    """Of the untouched file, as far as it was sealed."""


class CallWithoutRecording(Body):
    at: Instant | None
    """When it began; None when its record does not say."""
    call_id: str
    length_s: int
    """From the answer on."""


class RecordingWithoutCall(Body):
    at: Instant
    call_id: str
    contact_id: str


class UnmatchedSource(Body):
    """What the call records of a source and its recordings do not tell alike."""

    source: str
    trouble: str | None = None
    """Why the records could not be read, in English; then nothing was compared."""
    call_count: int
    calls: list[CallWithoutRecording]
    """The last of them, newest first."""
    recording_count: int
    recordings: list[RecordingWithoutCall]
    """The last of them, newest first."""
    uncertain: int
    """Recordings that do not say which call they are of."""


class Unmatched(Body):
    days: int
    """How far back it goes."""
    sources: list[UnmatchedSource]
    """Those that say where their call records are."""


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
