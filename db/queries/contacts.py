"""Contacts: search them, page through what was found, look at one, add one.

What a search can ask stands in `contact_terms`, how it is answered in `contact_selection` and `contact_plan`. The
scope "own calls" is a condition like any other and always part of the SQL.
"""

from __future__ import annotations

from peewee import fn

from db.models import Contact, Facet
from db.queries import contact_order, contact_plan
from db.queries.contact_rows import add, all_recordings, by_seqs, recording, recording_ids
from db.queries.contact_selection import selection
from db.queries.contact_terms import ContactFilter, Term, TermKind
from db.records import ContactRecord

__all__ = [
    "ContactFilter",
    "Term",
    "TermKind",
    "add",
    "all_recordings",
    "by_id",
    "count",
    "newest_of_source_ms",
    "newest_seq",
    "page",
    "page_after",
    "position",
    "recording",
    "recording_ids",
]


_LAST_CONTACTS = 20_000


def page(wanted: ContactFilter, *, sort: str, offset: int, limit: int) -> list[ContactRecord]:
    """A part of what is wanted, whole.

    Raises:
        KeyError: there is no such order.
    """
    order = contact_order.ORDERS[sort]
    return by_seqs(contact_plan.seqs(selection(wanted), order, offset=offset, limit=limit))


def page_after(
    wanted: ContactFilter, *, sort: str, cursor: str | None, limit: int
) -> tuple[list[ContactRecord], str | None]:
    """The next part and the cursor of the one behind it, None at the end.

    Raises:
        KeyError: there is no such order.
        ValueError: the cursor is not one that this order gave.
    """
    order = contact_order.ORDERS[sort]
    found = selection(wanted)
    if cursor is not None:
        found = order.after(found, contact_order.place_of(cursor, order))
    seqs = contact_plan.seqs(found, order, offset=0, limit=limit + 1)
    shown = seqs[:limit]
    last = order.place(shown[-1]) if len(seqs) > limit and shown else None
    return by_seqs(shown), None if last is None else contact_order.cursor(last)


def count(wanted: ContactFilter) -> int:
    return contact_plan.count(selection(wanted))


def position(wanted: ContactFilter, *, sort: str, contact_id: str) -> int | None:
    """How many stand before a contact; None when it is not among those wanted.

    Raises:
        KeyError: there is no such order.
    """
    order = contact_order.ORDERS[sort]
    seq = Contact.select(Contact.seq).where(Contact.id == contact_id).scalar()
    place = None if seq is None else order.place(seq)
    if place is None:
        return None
    found = selection(wanted)
    if not contact_plan.count(found.with_others(Contact.seq == seq)):
        return None
    return contact_plan.count(order.reversed().after(found, place))


def newest_seq() -> int:
    """The `seq` of the contact that arrived last; 0 when there is none."""
    return int(Contact.select(fn.MAX(Contact.seq)).scalar() or 0)


def newest_of_source_ms(source: str) -> int | None:
    """When the newest of the last contacts of a source was taken in; None when none of them is its."""
    last = Contact.select(Contact.taken_in_at_ms).join(Facet).where(Contact.seq > newest_seq() - _LAST_CONTACTS)
    found = last.where(Facet.source == source).order_by(Contact.seq.desc()).limit(1).scalar()
    return None if found is None else int(found)


def by_id(contact_id: str) -> ContactRecord | None:
    seq = Contact.select(Contact.seq).where(Contact.id == contact_id).scalar()
    return None if seq is None else next(iter(by_seqs([seq])), None)
