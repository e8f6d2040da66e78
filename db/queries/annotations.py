"""What people add to a contact. The contact must exist; its words in the full text are kept current."""

from __future__ import annotations

from db.models import CaseLink, Contact, ContactText, Note, Tag
from db.queries import facets
from db.queries.words import composed, folded
from db.records import NoteRecord


def notes(contact_id: str) -> list[NoteRecord]:
    """All notes of a contact, oldest first."""
    rows = Note.select().join(Contact).where(Contact.id == contact_id).order_by(Note.at_ms, Note.id)
    return [
        NoteRecord(id=row.id, at_ms=row.at_ms, author=row.author, text=row.text, position_ms=row.position_ms)
        for row in rows
    ]


def add_note(contact_id: str, *, at_ms: int, author: str, text: str, position_ms: int | None) -> NoteRecord:
    """Add a note.

    Raises:
        LookupError: there is no such contact.
    """
    seq = _seq(contact_id)
    note_id = Note.insert(contact=seq, at_ms=at_ms, author=author, text=text, position_ms=position_ms).execute()
    facets.set_noted(seq)
    _renew_words(seq)
    return NoteRecord(id=int(note_id), at_ms=at_ms, author=author, text=text, position_ms=position_ms)


def add_tag(contact_id: str, tag: str) -> bool:
    """Add a tag; False when the contact has it, in whatever case.

    Raises:
        LookupError: there is no such contact.
    """
    seq = _seq(contact_id)
    key = folded(tag)
    if Tag.select().where(Tag.contact == seq, Tag.tag_key == key).exists():
        return False
    Tag.insert(contact=seq, tag=tag, tag_key=key).execute()
    _renew_words(seq)
    return True


def remove_tag(contact_id: str, tag: str) -> bool:
    """Remove a tag; False when the contact does not have it.

    Raises:
        LookupError: there is no such contact.
    """
    seq = _seq(contact_id)
    removed = Tag.delete().where(Tag.contact == seq, Tag.tag_key == folded(tag)).execute()
    if removed:
        _renew_words(seq)
    return bool(removed)


def link_case(contact_id: str, case_reference: str) -> bool:
    """Say that a contact was opened for a case; False when that is known.

    Raises:
        LookupError: there is no such contact.
    """
    seq = _seq(contact_id)
    key = folded(case_reference)
    if CaseLink.select().where(CaseLink.contact == seq, CaseLink.case_key == key).exists():
        return False
    CaseLink.insert(contact=seq, case_reference=case_reference, case_key=key).execute()
    return True


def _seq(contact_id: str) -> int:
    seq = Contact.select(Contact.seq).where(Contact.id == contact_id).scalar()
    if seq is None:
        raise LookupError("there is no such contact")
    return int(seq)


def _renew_words(seq: int) -> None:
    said = [row.text for row in Note.select(Note.text).where(Note.contact == seq).order_by(Note.id)]
    tagged = [row.tag for row in Tag.select(Tag.tag).where(Tag.contact == seq).order_by(Tag.tag_key)]
    ContactText.delete().where(ContactText.rowid == seq).execute()
    if said or tagged:
        words = composed("\n".join([*said, *tagged]))
        ContactText.insert({ContactText.rowid: seq, ContactText.words: words}).execute()
