"""Contacts as records: written once, read back whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from peewee import JOIN, fn

from db.models import CallLeg, CaseLink, Contact, ContactText, Facet, Note, Recording, Tag
from db.queries import facets
from db.queries.reading import among, asked, inserting, stored_tuples, tuples, written_once
from db.queries.words import composed, folded
from db.records import ContactRecord, RecordingRecord

_RECORDING_NAMES = tuple(field.name for field in fields(RecordingRecord) if field.name not in ("contact_id", "leg"))
_RECORDING_COLUMNS = tuple(getattr(Recording, name) for name in _RECORDING_NAMES)
_OWN = ("seq", "id", "started_at_ms", "duration_ms", "number", "taken_in_at_ms", "attention", "provenance")
_NAMES = (*_OWN, *facets.SHARED)
_COLUMNS = (*(getattr(Contact, name) for name in _OWN), *(getattr(Facet, name) for name in facets.SHARED))
_STREAM_ROWS = 500

_add_contact = inserting(
    Contact,
    "id",
    "facet",
    "started_at_ms",
    "duration_ms",
    "number",
    "number_reversed",
    "taken_in_at_ms",
    "attention",
    "provenance",
)
_add_recording = inserting(Recording, "contact", *_RECORDING_NAMES)


def add(contact: ContactRecord) -> int:
    """Add a contact with its recordings, tags and cases; `contact.seq` is not looked at.

    Returns:
        Its `seq`.

    Raises:
        peewee.IntegrityError: the id of the contact or of a recording is taken.
    """
    seq = _add_contact(
        contact.id,
        facets.enter(contact),
        contact.started_at_ms,
        contact.duration_ms,
        contact.number,
        None if contact.number is None else contact.number[::-1],
        contact.taken_in_at_ms,
        contact.attention,
        contact.provenance,
    )
    for recording in contact.recordings:
        add_recording(seq, recording)
    for tag in contact.tags:
        Tag.insert(contact=seq, tag=tag, tag_key=folded(tag)).execute()
    for case in contact.cases:
        CaseLink.insert(contact=seq, case_reference=case, case_key=folded(case)).execute()
    if contact.tags:
        words = composed("\n".join(contact.tags))
        ContactText.insert({ContactText.rowid: seq, ContactText.words: words}).execute()
    return seq


def add_recording(contact_seq: int, recording: RecordingRecord) -> None:
    """Add a recording to a contact.

    Raises:
        peewee.IntegrityError: its id is taken, or there is no such contact.
    """
    _add_recording(contact_seq, *(getattr(recording, name) for name in _RECORDING_NAMES))
    if recording.leg:
        CallLeg.insert(recording=recording.id, leg=recording.leg).execute()


def by_seqs(seqs: Sequence[int]) -> list[ContactRecord]:
    """Read contacts, in the order of `seqs`; what is not there is left out."""
    wanted = json.dumps(seqs)
    found = {row[0]: _fields(row) for row in asked(_CONTACTS_AMONG(), wanted)}
    recordings = _gathered((row[0], _recording_record(row)) for row in asked(_RECORDINGS_AMONG(), wanted))
    tags = _gathered(asked(_TAGS_AMONG(), wanted))
    cases = _gathered(asked(_CASES_AMONG(), wanted))
    notes: dict[int, int] = dict(asked(_NOTES_AMONG(), wanted))
    return [
        ContactRecord(
            **found[seq],
            # What is heard first is the mix, then the legs.
            recordings=tuple(sorted(recordings.get(seq, ()), key=lambda recording: recording.leg)),
            tags=tuple(tags.get(seq, ())),
            cases=tuple(cases.get(seq, ())),
            notes=notes.get(seq, 0),
        )
        for seq in seqs
        if seq in found
    ]


def recording(recording_id: str) -> RecordingRecord | None:
    return next(iter(_recordings(Recording.id == recording_id)), None)


def all_recordings() -> Iterator[RecordingRecord]:
    """Every recording by id, some hundred in memory at a time."""
    after = ""
    while True:
        records = _recordings(Recording.id > after, limit=_STREAM_ROWS)
        yield from records
        if len(records) < _STREAM_ROWS:
            return
        after = records[-1].id


def recording_ids() -> set[str]:
    return {id for (id,) in tuples(Recording.select(Recording.id))}


def _recordings(condition: Any, limit: int | None = None) -> list[RecordingRecord]:
    query = _select_recordings().where(condition).limit(limit)
    return [_recording_record(row) for row in stored_tuples(query)]


def _select_recordings() -> Any:
    """The seq of the contact, its id, the leg, the recording; by id."""
    columns = (Contact.seq, Contact.id, CallLeg.leg, *_RECORDING_COLUMNS)
    selected = Recording.select(*columns).join(Contact)
    return selected.join(CallLeg, JOIN.LEFT_OUTER, on=CallLeg.recording == Recording.id).order_by(Recording.id)


_CONTACTS_AMONG = written_once(lambda: Contact.select(*_COLUMNS).join(Facet).where(among(Contact.seq)))
_RECORDINGS_AMONG = written_once(lambda: _select_recordings().where(among(Recording.contact)))
_TAGS_AMONG = written_once(lambda: Tag.select(Tag.contact, Tag.tag).where(among(Tag.contact)).order_by(Tag.tag))
_CASES_AMONG = written_once(
    lambda: (
        CaseLink.select(CaseLink.contact, CaseLink.case_reference)
        .where(among(CaseLink.contact))
        .order_by(CaseLink.case_reference)
    )
)
_NOTES_AMONG = written_once(
    lambda: Note.select(Note.contact, fn.COUNT(Note.id)).where(among(Note.contact)).group_by(Note.contact)
)


def _fields(row: tuple[Any, ...]) -> dict[str, Any]:
    """Of a contact, from its row of `_COLUMNS`."""
    fields = dict(zip(_NAMES, row, strict=True))
    fields["withheld"] = bool(fields["withheld"])
    return fields


def _recording_record(row: tuple[Any, ...]) -> RecordingRecord:
    """From its row of `_select_recordings`."""
    fields = dict(zip(_RECORDING_NAMES, row[3:], strict=True))
    fields["interrupted"] = bool(fields["interrupted"])
    return RecordingRecord(contact_id=row[1], leg=row[2] or "", **fields)


def _gathered(pairs: Iterable[tuple[Any, ...]]) -> dict[int, list[Any]]:
    gathered: dict[int, list[Any]] = {}
    for seq, value in pairs:
        gathered.setdefault(seq, []).append(value)
    return gathered
