"""Source files whose sealed copy is durable and that are still to be removed from their spool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from db.models import Removal
from db.queries.reading import asked, dicts, inserting, written_once
from db.records import RemovalRecord

_NAMES = tuple(field.name for field in fields(RemovalRecord))
_add = inserting(Removal, *_NAMES)
_OF_PATH = written_once(
    lambda: Removal.select(*(getattr(Removal, name) for name in _NAMES)).where(
        Removal.source == "", Removal.path == b""
    )
)


def add(record: RemovalRecord) -> None:
    _add(*(getattr(record, name) for name in _NAMES))


def pending() -> list[RemovalRecord]:
    return [RemovalRecord(**row) for row in dicts(Removal.select().order_by(Removal.id))]


def of_path(source: str, path: bytes) -> list[RemovalRecord]:
    """Those of one name in a spool: its file may be taken in already, by another process."""
    return [RemovalRecord(*row) for row in asked(_OF_PATH(), source, path)]


def done(ids: Sequence[str]) -> None:
    """Forget removals; one that is not known is forgotten already."""
    Removal.delete().where(Removal.id.in_(ids)).execute()
