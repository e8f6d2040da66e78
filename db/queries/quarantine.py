"""Files that could not be taken in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

from db.models import Quarantine
from db.queries.reading import dicts, tuples
from db.records import QuarantineRecord

_NAMES = tuple(field.name for field in fields(QuarantineRecord))
_COLUMNS = tuple(getattr(Quarantine, name) for name in _NAMES)
_STREAM_ROWS = 500


def add(record: QuarantineRecord) -> None:
    Quarantine.insert(**asdict(record)).execute()


def open_items(*, offset: int, limit: int, up_to_ms: int | None) -> list[QuarantineRecord]:
    """Those that have not ended, newest first; of those quarantined until `up_to_ms`, when it is given."""
    rows = Quarantine.select(*_COLUMNS).where(Quarantine.ended_at_ms.is_null())
    if up_to_ms is not None:
        rows = rows.where(Quarantine.at_ms <= up_to_ms)
    ordered = rows.order_by(Quarantine.at_ms.desc(), Quarantine.id.desc())
    return _records(ordered.offset(offset).limit(limit))


def count_open() -> int:
    return int(Quarantine.select().where(Quarantine.ended_at_ms.is_null()).count())


def by_id(id: str) -> QuarantineRecord | None:
    return next(iter(_records(Quarantine.select(*_COLUMNS).where(Quarantine.id == id))), None)


def end(id: str, now_ms: int) -> bool:
    """Say that it was taken in after all, or vanished; False when it has ended or is not known."""
    ended = Quarantine.update(ended_at_ms=now_ms).where(Quarantine.id == id, Quarantine.ended_at_ms.is_null()).execute()
    return bool(ended)


def open_identities() -> dict[tuple[str, bytes], tuple[str, str]]:
    """(source, path) = (id, identity) of each that was left in its spool and has not ended."""
    rows = Quarantine.select(Quarantine.source, Quarantine.path, Quarantine.id, Quarantine.identity).where(
        Quarantine.ended_at_ms.is_null(), Quarantine.wrapped_key.is_null()
    )
    return {(source, path): (id, identity) for source, path, id, identity in tuples(rows)}


def sealed_items() -> Iterator[QuarantineRecord]:
    """Those that were sealed and have not ended, by id, some hundred in memory at a time."""
    sealed = Quarantine.select(*_COLUMNS).where(Quarantine.ended_at_ms.is_null(), Quarantine.wrapped_key.is_null(False))
    after = ""
    while True:
        records = _records(sealed.where(Quarantine.id > after).order_by(Quarantine.id).limit(_STREAM_ROWS))
        yield from records
        if len(records) < _STREAM_ROWS:
            return
        after = records[-1].id


def _records(rows: Any) -> list[QuarantineRecord]:
    return [QuarantineRecord(**row) for row in dicts(rows)]
