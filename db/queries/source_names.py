"""The names that recordings had in their spool, with the contacts that they belong to."""

from __future__ import annotations

from collections.abc import Iterator

from db.models import Contact, Facet, Recording
from db.queries.reading import tuples


def of_source(source: str, from_ms: int) -> Iterator[tuple[str, str, int]]:
    """Contact's id, recording's name, start of the contact: of a source's contacts that began then or later."""
    query = (
        Recording.select(Contact.id, Recording.source_name, Contact.started_at_ms)
        .join(Contact)
        .join(Facet)
        .where((Facet.source == source) & (Contact.started_at_ms >= from_ms))
        .order_by(Contact.started_at_ms)
    )
    yield from ((str(id), str(name), int(started_at_ms)) for id, name, started_at_ms in tuples(query))
