"""Facets: finding or making the one that a contact has, and keeping their numbers of contacts right."""

from __future__ import annotations

from typing import Any

from db.models import Contact, Facet, FacetText
from db.queries.reading import dicts
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


def enter(contact: ContactRecord) -> int:
    """Count a contact in under its facet, made when there is none yet; return the facet's id."""
    values: dict[str, Any] = {name: getattr(contact, name) for name in SHARED}
    values.update(attention=contact.attention is not None, noted=contact.notes > 0)
    return _enter(values)


def set_noted(contact_seq: int) -> None:
    """Move a contact to the facet that is like its own, with a note."""
    fields = [getattr(Facet, name) for name in (*SHARED, "attention", "noted")]
    [values] = dicts(
        Facet.select(Facet.id, *fields).join(Contact, on=Contact.facet == Facet.id).where(Contact.seq == contact_seq)
    )
    if values["noted"]:
        return
    left = values.pop("id")
    entered = _enter({**values, "noted": True})
    Facet.update(contacts=Facet.contacts - 1).where(Facet.id == left).execute()
    Contact.update(facet=entered).where(Contact.seq == contact_seq).execute()


def _enter(values: dict[str, Any]) -> int:
    same = [getattr(Facet, name) >> value for name, value in values.items()]
    facet_id = Facet.select(Facet.id).where(*same).scalar()
    if facet_id is None:
        facet_id = _make(values)
    Facet.update(contacts=Facet.contacts + 1).where(Facet.id == facet_id).execute()
    return int(facet_id)


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
