"""The JSON contract between the agent and whoever asks: the terminal UI, scripts, curl.

It owns the shape of every body and the names in it, nothing else. Times are RFC 3339 in UTC, lengths in seconds,
numbers E.164. What a body is refused for, see `agent.errors`; a refusal travels as `Problem` (RFC 9457).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

API = "/v1"
PAGE_LIMIT = 500
"""Rows that one page holds at most."""
WAVEFORM_COLUMNS = 2000
"""Columns that one waveform holds at most."""


def _rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[datetime, PlainSerializer(_rfc3339, when_used="json")]
"""A moment in UTC, RFC 3339 with milliseconds on the wire."""


class Body(BaseModel):
    """Common to all bodies: frozen, and tolerant of fields that a newer agent adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Asked(BaseModel):
    """Common to what is sent to the agent: an unknown field is a mistake and refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- words that are fixed --------------------------------------------------------------------------------------------


class Role(StrEnum):
    ADVISER = "adviser"
    MANAGER = "manager"
    CONTROLLER = "controller"
    ADMINISTRATOR = "administrator"
    MAINTENANCE = "maintenance"
    SECURITY = "security"
    DPO = "dpo"


class Capability(StrEnum):
    CONTACT_SEARCH = "contact.search"
    CONTACT_SHOW = "contact.show"
    CONTACT_LISTEN = "contact.listen"
    CONTACT_EXPORT = "contact.export"
    CONTACT_ANNOTATE = "contact.annotate"
    AUDIT_READ = "audit.read"
    INTAKE_READ = "intake.read"
    QUARANTINE_RETRY = "quarantine.retry"
    STATUS_READ = "status.read"


class Purpose(StrEnum):
    """Why a recording is opened: the list of the privacy notice, section 5."""

    COMMISSION = "commission"
    """Checking a commission that the customer gave."""
    COMPLAINT = "complaint"
    """Proving what was said, for instance in a complaint."""
    QUALITY = "quality"
    """Securing the quality of the service."""
    TRAINING = "training"
    """Training the staff of the customer service."""
    PLANNING = "planning"
    """Planning and developing the customer service."""
    SURVEY = "survey"
    """A survey that measures the quality of contacts."""


class Medium(StrEnum):
    CALL = "call"
    EMAIL = "email"
    CHAT = "chat"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Outcome(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    FAILED = "failed"


class ContactSort(StrEnum):
    """Order of a search; a leading minus is downwards."""

    NEWEST = "-started_at"
    OLDEST = "started_at"
    LONGEST = "-duration"
    SHORTEST = "duration"
    ADVISER = "adviser"
    SERVICE = "service"


# --- errors ----------------------------------------------------------------------------------------------------------


class Problem(Body):
    """An error on the wire: an RFC 9457 body, `application/problem+json`."""

    type: str
    """`urn:earwitness:error:` and the code."""
    title: str
    status: int
    detail: str
    """The sentence, in English."""
    code: str
    parameters: dict[str, str] = {}
    """What fills the sentence's placeholders, for a client that says it in another language."""
    request_id: str = ""
    """Under this id the agent's journal says more, and the log has its entry."""


# --- session ---------------------------------------------------------------------------------------------------------


class SignIn(Asked):
    user: str = Field(max_length=200)
    password: str = Field(max_length=1024)
    via: Literal["tui", "cli", "api"] = "api"


class Account(Body):
    user: str
    display_name: str
    roles: list[Role]


class Me(Account):
    capabilities: list[Capability]
    scope: Literal["none", "own", "all"]
    """On which contacts the capabilities hold."""
    agreement_until: Instant | None = None
    """Until when the secrecy agreement is valid, for the roles that need one."""
    agreement_missing: bool = False
    expires_at: Instant
    purposes: list[Purpose]


class Session(Body):
    token: str
    me: Me


# --- contacts --------------------------------------------------------------------------------------------------------

Item = TypeVar("Item")


class Page(Body, Generic[Item]):
    """A part of a list, newest first unless asked otherwise."""

    items: list[Item]
    as_of: str
    """Snapshot token: sent back, the following pages show the same rows even though new ones have come."""
    next_cursor: str | None = None
    """Sent back as `cursor`, the next part; None at the end. For scripts; screens use `offset`."""


class Count(Body):
    count: int
    as_of: str


class Position(Body):
    """Where a contact stands in a search."""

    offset: int | None
    """None when the search does not hold it."""


class Recording(Body):
    id: str
    sha256: str
    """Of the untouched file, hexadecimal."""
    size_bytes: int
    encoding: str
    """`pcm`, `float` (with `_be` where the most significant byte comes first), `alaw`, `mulaw`, `gsm610`, `ima_adpcm`,
    `ms_adpcm`, or the WAVE format tag in hexadecimal."""
    rate_hz: int
    channels: int
    bits: int
    duration_s: float
    interrupted: bool = False
    """The recorder did not close the file; the length comes from the bytes that are there."""
    source_name: str
    data_offset: int
    """Where the samples start in the file, in bytes."""
    data_bytes: int
    block_bytes: int
    """Bytes of the smallest part that decodes by itself (a frame of PCM, a block of GSM)."""
    block_frames: int
    """Frames in such a part."""


class Contact(Body):
    id: str
    medium: Medium
    started_at: Instant
    duration_s: float
    direction: Direction | None
    number: str | None
    """The customer's, E.164; None when withheld or not known."""
    withheld: bool
    adviser: str | None
    service: str | None
    attention: str | None = None
    """Why somebody should look at it, for instance metadata that could not be read; None when all is well."""
    notes: int = 0
    tags: list[str] = []
    cases: list[str] = []
    recordings: list[Recording]


class Provenance(Body):
    """What a field was read from."""

    read_from: str
    """`file name`, `sidecar`, `samples`, `header`, `file time`, `settings`, `tag`."""
    said: str = ""
    """The text as it stood there."""
    problem: str = ""
    """Why it could not be used, or what is odd about it."""


class Note(Body):
    id: int
    at: Instant
    author: str
    text: str
    position_s: float | None = None
    """The moment in the recording that the note is about."""


class ShownContact(Contact):
    extension: str | None = None
    provenance: dict[str, Provenance]
    """For each field, what it was read from."""
    zone: str
    """The source's time zone, in which the call began."""
    taken_in_at: Instant
    noted: list[Note] = []


class NewNote(Asked):
    text: str = Field(min_length=1, max_length=4000)
    position_s: float | None = Field(default=None, ge=0)


class NewTag(Asked):
    tag: str = Field(pattern=r"^[\w-]{1,40}$")


class Waveform(Body):
    """Peaks of a recording, one list a channel, each peak 0 to 255 of full scale."""

    duration_s: float
    peaks: list[list[int]]


class SavedSearch(Body):
    name: str
    query: str


class NewSavedSearch(Asked):
    name: str = Field(pattern=r"^[^/\x00-\x1f\x7f-\x9f]{1,60}$")
    query: str = Field(max_length=1000)


# --- the log ---------------------------------------------------------------------------------------------------------


class Actor(Body):
    account: str | None
    """The personal user name; None when nobody had signed in."""
    uid: int | None
    """The operating system's user at the other end of the socket; None for the agent itself."""
    via: str = ""
    """`tui`, `cli`, `api`, `server` (a command of earwitness-agent) or `agent`."""


class Entry(Body):
    seq: int
    """Position in the log, from 0: the index of the leaf."""
    at: Instant
    actor: Actor
    action: str
    outcome: Outcome
    target: str | None = None
    purpose: str | None = None
    case: str | None = None
    reason: str | None = None
    """Why, in the words of whoever asked, or the code of a refusal."""
    detail: dict[str, str | int | None] = {}
    request_id: str = ""


# --- intake and health -----------------------------------------------------------------------------------------------


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
    trouble: list[str] = []
    contacts: int
    log_size: int
    checkpoint_at: Instant | None = None
    intake: IntakeStatus | None = None
    """Only for those who may read the intake."""


class Event(Body):
    """One line of `/v1/events`. It holds no customer data: whoever wants to know more asks for it."""

    event: Literal["hello", "contacts", "audit", "intake", "heartbeat"]
    at: Instant
