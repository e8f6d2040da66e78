"""From records to the bodies that travel."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from agent import wire
from agent.audit.digest import DIGEST
from db.records import ChangeRecord, ContactRecord, NoteRecord, QuarantineRecord, RecordingRecord


def instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def recording_body(record: RecordingRecord, legs: Sequence[str] = ()) -> wire.Recording:
    """One recording.

    Args:
        record: As the register has it.
        legs: Whose each channel is, of those recordings of its contact that have so many.
    """
    return wire.Recording(
        id=record.id,
        sha256=record.sha256.hex(),
        size_bytes=record.size_bytes,
        encoding=record.encoding,
        rate_hz=record.rate_hz,
        channels=record.channels,
        bits=record.bits,
        duration_s=record.duration_ms / 1000,
        interrupted=record.interrupted,
        source_name=record.source_name,
        data_offset=record.data_offset,
        data_bytes=record.data_bytes,
        block_bytes=record.block_bytes,
        block_frames=record.block_frames,
        leg=record.leg,
        legs=list(legs) if len(legs) == record.channels else [],
    )


def _legs(record: ContactRecord) -> list[str]:
    """Whose each channel is, as the provenance of the contact says it."""
    if '"legs"' not in record.provenance:
        return []
    said = json.loads(record.provenance).get("legs", {}).get("said", "").split()
    return said if set(said) <= {"adviser", "caller"} else []


def _common(record: ContactRecord) -> dict[str, Any]:
    legs = _legs(record)
    return {
        "id": record.id,
        "medium": wire.Medium(record.medium),
        "started_at": instant(record.started_at_ms),
        "duration_s": record.duration_ms / 1000,
        "direction": None if record.direction is None else wire.Direction(record.direction),
        "number": record.number,
        "withheld": record.withheld,
        "adviser": record.adviser,
        "service": record.service,
        "attention": record.attention,
        "notes": record.notes,
        "tags": list(record.tags),
        "cases": list(record.cases),
        "recordings": [recording_body(recording, legs) for recording in record.recordings],
    }


def contact_body(record: ContactRecord) -> wire.Contact:
    return wire.Contact(**_common(record))


def shown_contact_body(
    record: ContactRecord, notes: Iterable[NoteRecord], changes: Iterable[ChangeRecord]
) -> wire.ShownContact:
    provenance = json.loads(record.provenance)
    return wire.ShownContact(
        **_common(record),
        extension=record.extension,
        provenance={name: wire.Provenance(**origin) for name, origin in provenance.items()},
        zone=record.zone,
        taken_in_at=instant(record.taken_in_at_ms),
        noted=[note_body(note) for note in notes],
        changes=[_change_body(change) for change in changes],
    )


def _change_body(record: ChangeRecord) -> wire.Change:
    is_shown = record.field != "sidecar"  # a whole file, which stays as it is
    return wire.Change(
        at=instant(record.at_ms),
        field=record.field,
        old=record.old.decode() if is_shown and record.old is not None else None,
        new=record.new.decode() if is_shown and record.new is not None else None,
        read_from=record.read_from,
    )


def note_body(record: NoteRecord) -> wire.Note:
    return wire.Note(
        id=record.id,
        at=instant(record.at_ms),
        author=record.author,
        text=record.text,
        position_s=None if record.position_ms is None else record.position_ms / 1000,
    )


def digests_in(leaf: Mapping[str, Any]) -> list[str]:
    """Every stand-in in a decoded leaf whose words may be kept beside the log."""
    said = (leaf["reason"], *leaf["detail"].values())
    return [found[0] for text in said if isinstance(text, str) for found in DIGEST.finditer(text)]


def entry_body(leaf: Mapping[str, Any], words: Mapping[str, str]) -> wire.Entry:
    """An entry from its decoded leaf; digests become the words again, as far as those are kept."""
    actor, reason = leaf["actor"], leaf["reason"]
    return wire.Entry(
        seq=leaf["seq"],
        at=instant(leaf["at_ms"]),
        actor=wire.Actor(account=actor["account"], uid=actor["uid"], via=actor["via"], session=actor.get("session")),
        action=leaf["action"],
        outcome=wire.Outcome(leaf["outcome"]),
        target=leaf["target"],
        purpose=leaf["purpose"],
        case=leaf["case"],
        reason=words.get(reason, reason),
        detail={name: _in_words(value, words) for name, value in leaf["detail"].items()},
        request_id=leaf["request"],
    )


def _in_words(value: str | int | None, words: Mapping[str, str]) -> str | int | None:
    """A query with what was typed in it; values with blanks in quotes, as they are typed."""

    def typed(found: re.Match[str]) -> str:
        said = words.get(found[0], found[0])
        return f'"{said}"' if any(map(str.isspace, said)) else said

    return DIGEST.sub(typed, value) if isinstance(value, str) and words else value


def quarantine_body(record: QuarantineRecord) -> wire.QuarantineItem:
    return wire.QuarantineItem(
        id=record.id,
        at=instant(record.at_ms),
        source=record.source,
        source_name=record.path.decode("utf-8", "replace"),
        reason=record.reason,
        detail=record.detail,
        size_bytes=record.size_bytes,
        sealed=record.wrapped_key is not None,
        sha256=None if record.sha256 is None else record.sha256.hex(),
    )
