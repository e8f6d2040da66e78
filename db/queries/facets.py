"""Facets: finding or making the one that a contact has, and keeping their numbers of contacts right."""

from __future__ import annotations

from typing import Any

from db.engine import database
from db.models import Contact, Facet, FacetText
from db.queries.reading import asked, dicts, written_once
from db.queries.words import composed, folded
from db.records import ContactRecord

SHARED = (
    "medium",
    "direction",
    "withheld",
    "adviser",
    "adviser_account",
    "service",
    "extension",
    "source",
    "zone",
)
"""Fields of a contact that stand in its facet as they are."""
_COMPARED = (*SHARED, "attention", "noted")
_SAME = written_once(lambda: Facet.select(Facet.id).where(*(getattr(Facet, name) >> 0 for name in _COMPARED)))
_ONE_MORE = written_once(lambda: Facet.update(contacts=Facet.contacts + 1).where(Facet.id == 0))


def enter(contact: ContactRecord) -> int:
    """Count a contact in under its facet, made when there is none yet; return the facet's id."""
    return _enter(values_of(contact))


def values_of(contact: ContactRecord) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(contact, name) for name in SHARED}
    values.update(attention=contact.attention is not None, noted=contact.notes > 0)
    return values


def set_noted(contact_seq: int) -> None:
    """Move a contact to the facet that is like its own, with a note."""
    fields = [getattr(Facet, name) for name in _COMPARED]
    [values] = dicts(
        Facet.select(*fields).join(Contact, on=Contact.facet == Facet.id).where(Contact.seq == contact_seq)
    )
    if not values["noted"]:
        move(contact_seq, {**values, "noted": True})


def move(contact_seq: int, values: dict[str, Any]) -> None:
    """Take a contact out of the facet that it has, and count it in under another."""
    left = Contact.select(Contact.facet).where(Contact.seq == contact_seq).scalar()
    entered = _enter(values)
    Facet.update(contacts=Facet.contacts - 1).where(Facet.id == left).execute()
    Contact.update(facet=entered).where(Contact.seq == contact_seq).execute()


def _enter(values: dict[str, Any]) -> int:
    found = asked(_SAME(), *(values[name] for name in _COMPARED))
    facet_id = int(found[0][0]) if found else _make(values)
    database.execute_sql(_ONE_MORE(), (1, facet_id))
    return facet_id


def _make(values: dict[str, Any]) -> int:
    facet_id = Facet.insert(
        **values,
        adviser_key=_key(values["adviser"]),
        account_key=_key(values["adviser_account"]),
        service_key=_key(values["service"]),
    ).execute()
    FacetText.insert(
        {
            FacetText.rowid: facet_id,
            FacetText.adviser: composed(values["adviser"] or ""),
            FacetText.service: composed(values["service"] or ""),
        }
    ).execute()
    return int(facet_id)


def _key(text: str | None) -> str | None:
    return None if text is None else folded(text)
