"""Contacts as records: written once, read back whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from typing import Any

from peewee import fn

from db.models import CaseLink, Contact, ContactText, Facet, Note, Recording, Tag
from db.queries import facets
from db.queries.reading import dicts, tuples
from db.queries.words import composed, folded
from db.records import ContactRecord, RecordingRecord

_RECORDING_NAMES = tuple(field.name for field in fields(RecordingRecord) if field.name != "contact_id")
_RECORDING_COLUMNS = tuple(getattr(Recording, name) for name in _RECORDING_NAMES)
_OWN = ("seq", "id", "started_at_ms", "duration_ms", "number", "taken_in_at_ms", "attention", "provenance")
_COLUMNS = (*(getattr(Contact, name) for name in _OWN), *(getattr(Facet, name) for name in facets.SHARED))
_STREAM_ROWS = 500


def add(contact: ContactRecord) -> int:
    """Add a contact with its recordings, tags and cases; `contact.seq` is not looked at.

    Returns:
        Its `seq`.

    Raises:
        peewee.IntegrityError: the id of the contact or of a recording is taken.
    """
    seq = int(
        Contact.insert(
            id=contact.id,
            facet=facets.enter(contact),
            started_at_ms=contact.started_at_ms,
            duration_ms=contact.duration_ms,
            number=contact.number,
            number_reversed=None if contact.number is None else contact.number[::-1],
            taken_in_at_ms=contact.taken_in_at_ms,
            attention=contact.attention,
            provenance=contact.provenance,
        ).execute()
    )
    for recording in contact.recordings:
        Recording.insert(**{**asdict(recording), "contact_id": seq}).execute()
    for tag in contact.tags:
        Tag.insert(contact=seq, tag=tag, tag_key=folded(tag)).execute()
    for case in contact.cases:
        CaseLink.insert(contact=seq, case_reference=case, case_key=folded(case)).execute()
    if contact.tags:
        words = composed("\n".join(contact.tags))
        ContactText.insert({ContactText.rowid: seq, ContactText.words: words}).execute()
    return seq


def by_seqs(seqs: Sequence[int]) -> list[ContactRecord]:
    """Read contacts, in the order of `seqs`; what is not there is left out."""
    rows = Contact.select(*_COLUMNS).join(Facet).where(Contact.seq.in_(seqs))
    found = {row["seq"]: row for row in dicts(rows)}
    recordings = _gathered(_recordings(Recording.contact.in_(seqs)))
    tags = _gathered(_words_of(Tag.contact, Tag.tag, seqs))
    cases = _gathered(_words_of(CaseLink.contact, CaseLink.case_reference, seqs))
    noted = Note.select(Note.contact, fn.COUNT(Note.id)).where(Note.contact.in_(seqs)).group_by(Note.contact)
    notes: dict[int, int] = dict(tuples(noted))
    return [
        ContactRecord(
            **found[seq],
            recordings=tuple(recordings.get(seq, ())),
            tags=tuple(tags.get(seq, ())),
            cases=tuple(cases.get(seq, ())),
            notes=notes.get(seq, 0),
        )
        for seq in seqs
        if seq in found
    ]


def recording(recording_id: str) -> RecordingRecord | None:
    return next((record for _, record in _recordings(Recording.id == recording_id)), None)


def all_recordings() -> Iterator[RecordingRecord]:
    """Every recording by id, some hundred in memory at a time."""
    after = ""
    while True:
        records = [record for _, record in _recordings(Recording.id > after, limit=_STREAM_ROWS)]
        yield from records
        if len(records) < _STREAM_ROWS:
            return
        after = records[-1].id


def recording_ids() -> set[str]:
    return {id for (id,) in tuples(Recording.select(Recording.id))}


def _recordings(condition: Any, limit: int | None = None) -> list[tuple[int, RecordingRecord]]:
    """(seq of the contact, recording), by id."""
    columns = (Contact.seq, Contact.id.alias("contact_id"), *_RECORDING_COLUMNS)
    rows = Recording.select(*columns).join(Contact).where(condition).order_by(Recording.id).limit(limit)
    return [(row.pop("seq"), RecordingRecord(**row)) for row in dicts(rows)]


def _words_of(contact: Any, word: Any, seqs: Sequence[int]) -> list[tuple[Any, ...]]:
    return tuples(contact.model.select(contact, word).where(contact.in_(seqs)).order_by(word))


def _gathered(pairs: Iterable[tuple[Any, ...]]) -> dict[int, list[Any]]:
    gathered: dict[int, list[Any]] = {}
    for seq, value in pairs:
        gathered.setdefault(seq, []).append(value)
    return gathered
