"""Contacts that change by what comes after them: another leg, a sidecar. What was is kept beside what is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from db.models import Contact, ContactChange, Recording
from db.queries import facets
from db.queries.contact_rows import add_recording
from db.queries.reading import asked, tuples, written_once
from db.records import ChangeRecord, ContactRecord, RecordingRecord


def join(contact: ContactRecord, recording: RecordingRecord) -> None:
    """Give a contact one more recording."""
    add_recording(contact.seq, recording)
    longest_ms = max(contact.duration_ms, recording.duration_ms)
    Contact.update(duration_ms=longest_ms).where(Contact.seq == contact.seq).execute()


def revise(contact: ContactRecord, changes: Iterable[ChangeRecord]) -> None:
    """Store the fields of a contact, found by its `seq`, as they are now, with the history of them."""
    facets.move(contact.seq, facets.values_of(contact))
    Contact.update(
        started_at_ms=contact.started_at_ms,
        duration_ms=contact.duration_ms,
        number=contact.number,
        number_reversed=None if contact.number is None else contact.number[::-1],
        attention=contact.attention,
        provenance=contact.provenance,
    ).where(Contact.seq == contact.seq).execute()
    for change in changes:
        ContactChange.insert(
            contact=contact.seq,
            at_ms=change.at_ms,
            field=change.field,
            old=change.old,
            new=change.new,
            read_from=change.read_from,
        ).execute()


def revise_recording(recording_id: str, *, source_name: str, sidecar: bytes | None) -> None:
    changed = Recording.update(source_name=source_name, sidecar=sidecar)
    changed.where(Recording.id == recording_id).execute()


def forget_values(contact_seq: int, field: str) -> None:
    """Keep of a field's history only when it changed."""
    mine = (ContactChange.contact == contact_seq) & (ContactChange.field == field)
    ContactChange.update(old=None, new=None).where(mine).execute()


def history(contact_id: str) -> list[ChangeRecord]:
    """What was changed in a contact, oldest first."""
    columns: tuple[Any, ...] = (
        ContactChange.at_ms,
        ContactChange.field,
        ContactChange.old,
        ContactChange.new,
        ContactChange.read_from,
    )
    rows = ContactChange.select(*columns).join(Contact).where(Contact.id == contact_id).order_by(ContactChange.id)
    return [ChangeRecord(*row) for row in tuples(rows)]


def first_with_content(sha256: bytes, size_bytes: int) -> str | None:
    """The contact that has held this very content for longest; None when there is none."""
    found = asked(_WITH_CONTENT(), sha256, size_bytes)
    return str(min(found)[1]) if found else None


_WITH_CONTENT = written_once(
    lambda: (
        Recording.select(Contact.seq, Contact.id)
        .join(Contact)
        .where(Recording.sha256 == b"", Recording.size_bytes == 0)
    )
)
