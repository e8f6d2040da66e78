"""What the queries return: frozen, with units in their names, and no way back to the database."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RecordingRecord:
    id: str
    contact_id: str
    sha256: bytes
    size_bytes: int
    encoding: str
    rate_hz: int
    channels: int
    bits: int
    duration_ms: int
    interrupted: bool
    source_name: str
    data_offset: int
    data_bytes: int
    block_bytes: int
    block_frames: int
    wrapped_key: bytes
    """Empty when it is not sealed: it lies where its recorder left it, see `InPlaceRecord`."""
    sidecar: bytes | None = None
    """The metadata file that lay beside it, as it was."""
    leg: str = ""
    """Of its call, as the recorder calls it; empty for a mix and for a file that is the whole call."""


@dataclass(frozen=True, slots=True)
class NoteRecord:
    id: int
    at_ms: int
    author: str
    text: str
    position_ms: int | None


@dataclass(frozen=True, slots=True)
class ContactRecord:
    seq: int
    id: str
    medium: str
    started_at_ms: int
    duration_ms: int
    direction: str | None
    number: str | None
    withheld: bool
    adviser: str | None
    adviser_account: str | None
    service: str | None
    extension: str | None
    source: str
    zone: str
    taken_in_at_ms: int
    attention: str | None
    provenance: str
    """JSON, see `db.models.contact.Contact`."""
    recordings: tuple[RecordingRecord, ...] = ()
    tags: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    notes: int = 0


@dataclass(frozen=True, slots=True)
class AccountRecord:
    user: str
    display_name: str
    password: str
    """Argon2id, PHC string."""
    disabled_at_ms: int | None
    failures: int
    locked_until_ms: int | None
    roles: tuple[str, ...] = ()
    agreement_until_ms: int | None = None
    """End of the agreement that is valid now; None when there is none."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    id: str
    user: str
    uid: int
    via: str
    created_at_ms: int
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """An entry as it is stored. `leaf` is the truth; `columns` are the copies that searches use."""

    seq: int
    leaf: bytes
    columns: dict[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckpointRecord:
    size: int
    at_ms: int
    note: str


@dataclass(frozen=True, slots=True)
class CosignatureRecord:
    witness: str
    size: int
    at_ms: int
    """By the witness's clock."""
    note: str
    """The head, as the log signed it."""
    line: str
    """The witness's signature line, with its newline."""


@dataclass(frozen=True, slots=True)
class QuarantineRecord:
    id: str
    at_ms: int
    source: str
    path: bytes
    reason: str
    detail: str
    size_bytes: int
    identity: str
    sha256: bytes | None = None
    wrapped_key: bytes | None = None
    sidecar: bytes | None = None


@dataclass(frozen=True, slots=True)
class RemovalRecord:
    id: str
    source: str
    path: bytes
    device: int
    inode: int
    size_bytes: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class InPlaceRecord:
    recording_id: str
    contact_id: str
    sha256: bytes
    """Of what was taken in."""
    source: str
    path: bytes
    identity: str
    state: str
    """`present`, `changed`, `vanished`."""


@dataclass(frozen=True, slots=True)
class OpenStateRecord:
    """Recordings in place of one source and one state that nobody has acknowledged."""

    state: str
    count: int
    newest_seq: int
    """Of the entries that tell of them."""


@dataclass(frozen=True, slots=True)
class ListeningRecord:
    """One account hearing or taking away one contact in one session, however many entries that was."""

    account: str
    session: str
    contact: str
    first_seq: int
    """Of its first entry: it stays when the listening goes on."""
    from_ms: int
    until_ms: int
    is_for_complaint: bool


@dataclass(frozen=True, slots=True)
class TraceRecord:
    """One entry that rules look at: a refusal, a direct open, a gap."""

    seq: int
    at_ms: int
    account: str | None
    uid: int | None
    action: str
    target: str | None


@dataclass(frozen=True, slots=True)
class AcknowledgementRecord:
    finding: str
    at_ms: int
    account: str
    newest_seq: int
    remark: str
    """Digest of its words."""


@dataclass(frozen=True, slots=True)
class ArrivalRecord:
    """A recording that came not long ago, as what comes after it finds it."""

    recording_id: str
    at_ms: int
    name_digest: str
    suffix: str
    written_at_ms: int
    call_digest: str | None = None


@dataclass(frozen=True, slots=True)
class LateArrivalRecord:
    """A recording that came lately, with what is kept of its name and of what lay beside it."""

    seq: int
    """Later ones have larger numbers."""
    recording_id: str
    source: str
    at_ms: int
    written_at_ms: int
    source_name: str
    sidecar: bytes | None


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A field of a contact that was changed by what came after it."""

    at_ms: int
    field: str
    old: bytes | None
    new: bytes | None
    read_from: str
