"""Source files whose sealed copy is durable and that are still to be removed from their spool."""

from __future__ import annotations

from dataclasses import asdict

from db.models import Removal
from db.queries.reading import dicts
from db.records import RemovalRecord


def add(record: RemovalRecord) -> None:
    Removal.insert(**asdict(record)).execute()


def pending() -> list[RemovalRecord]:
    return [RemovalRecord(**row) for row in dicts(Removal.select().order_by(Removal.id))]


def done(id: str) -> None:
    """Forget a removal; one that is not known is forgotten already."""
    Removal.delete().where(Removal.id == id).execute()
