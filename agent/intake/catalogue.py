"""The rows that are made of a file: contact, recording, removal. Pure."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from agent.intake.masking import kept_sidecar, shown_name
from agent.intake.metadata.facts import CallFacts
from agent.intake.opened import Identity
from agent.intake.wav import WavHeader
from agent.settings import Source
from agent.vault.store import Sealed
from agent.wire import Medium, Provenance
from db.records import ContactRecord, RecordingRecord, RemovalRecord

ID_BYTES = 8
_LAST_S = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


def new_contact_id() -> str:
    """60 bits by chance, as 12 letters and digits that are hard to mistake for each other."""
    return base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower()[:12]


def identity_text(found: Identity) -> str:
    """One state of one file, in a text that can be stored."""
    return f"{found.device}:{found.inode}:{found.size_bytes}:{found.ctime_ns}"


def written_at(mtime_ns: int) -> datetime:
    """When a file was last written; a time that is none becomes the nearest that is one."""
    return datetime.fromtimestamp(min(max(mtime_ns / 1e9, 0.0), _LAST_S), UTC)


def removal_of(removal_id: str, source: Source, relative_name: str, found: Identity) -> RemovalRecord:
    return RemovalRecord(
        id=removal_id,
        source=source.name,
        path=os.fsencode(relative_name),
        device=found.device,
        inode=found.inode,
        size_bytes=found.size_bytes,
        mtime_ns=found.mtime_ns,
    )


def recording_of(
    recording_id: str,
    relative_name: str,
    facts: CallFacts,
    header: WavHeader,
    sealed: Sealed,
    sidecar: bytes | None,
) -> RecordingRecord:
    name = _own_name(relative_name)
    return RecordingRecord(
        id=recording_id,
        contact_id="",
        sha256=sealed.sha256,
        size_bytes=sealed.size_bytes,
        encoding=_encoding_word(header),
        rate_hz=header.rate_hz,
        channels=header.channels,
        bits=header.bits,
        duration_ms=header.duration_ms,
        interrupted=bool(header.interrupted),
        source_name=shown_name(name, facts),
        data_offset=header.data_offset,
        data_bytes=header.data_bytes,
        block_bytes=header.block_bytes,
        block_frames=header.block_frames,
        wrapped_key=sealed.wrapped_key,
        sidecar=kept_sidecar(sidecar, name, facts),
        leg=facts.leg,
    )


def contact_of(source: Source, facts: CallFacts, recording: RecordingRecord, taken_in_at_ms: int) -> ContactRecord:
    return ContactRecord(
        seq=0,
        id=new_contact_id(),
        medium=Medium.CALL.value,
        started_at_ms=started_at_ms(facts),
        duration_ms=recording.duration_ms,
        direction=None if facts.direction is None else facts.direction.value,
        number=facts.number,
        withheld=facts.withheld,
        adviser=facts.adviser_name,
        adviser_account=facts.adviser_account,
        service=facts.service,
        extension=facts.extension,
        source=source.name,
        zone=source.zone,
        taken_in_at_ms=taken_in_at_ms,
        attention=facts.attention,
        provenance=provenance_text(facts.provenance),
        recordings=(recording,),
    )


def started_at_ms(facts: CallFacts) -> int:
    return round(facts.started_at.timestamp() * 1000)


def provenance_text(provenance: Mapping[str, Provenance]) -> str:
    return json.dumps({name: origin.model_dump() for name, origin in provenance.items()}, ensure_ascii=False)


def _encoding_word(header: WavHeader) -> str:
    """The encoding, with the byte order where it is not the usual one."""
    is_swapped = header.is_big_endian and header.encoding in ("pcm", "float")
    return f"{header.encoding}_be" if is_swapped else header.encoding


def _own_name(relative_name: str) -> str:
    """The file's own name; bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(relative_name.rpartition("/")[2]).decode("utf-8", "replace")
