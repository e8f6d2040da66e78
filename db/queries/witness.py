"""Cosignatures, refusals by witnesses, and how far forwarding has come."""

from __future__ import annotations

from db.engine import database
from db.models import Cosignature, ForwardPosition, WitnessRefusal
from db.queries.reading import asked
from db.records import CosignatureRecord

COSIGNATURES_KEPT_PER_MS = 3_600_000
"""One cosignature of each witness and hour is kept besides the newest."""
_COLUMNS = "witness, size, at_ms, note, line"


def add_cosignature(record: CosignatureRecord) -> None:
    """Store a witness's newest; the one before it goes unless it is the first of its hour."""
    before = asked(
        "SELECT size, at_ms FROM cosignature WHERE witness = ? ORDER BY size DESC LIMIT 2",
        record.witness,
    )
    if len(before) == 2 and _hour(before[0][1]) == _hour(before[1][1]):
        database.execute_sql("DELETE FROM cosignature WHERE witness = ? AND size = ?", (record.witness, before[0][0]))
    database.execute_sql(
        f"INSERT OR REPLACE INTO cosignature ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - names of columns
        (record.witness, record.size, record.at_ms, record.note, record.line),
    )


def _hour(at_ms: int) -> int:
    return at_ms // COSIGNATURES_KEPT_PER_MS


def newest_cosignature(witness: str) -> CosignatureRecord | None:
    rows = Cosignature.select().where(Cosignature.witness == witness).order_by(Cosignature.size.desc()).limit(1)
    return next((_record(row) for row in rows), None)


def cosignatures_of(size: int) -> list[CosignatureRecord]:
    """Every witness's for the head of this size."""
    rows = Cosignature.select().where(Cosignature.size == size).order_by(Cosignature.witness)
    return [_record(row) for row in rows]


def newest_cosigned_note() -> CosignatureRecord | None:
    """With the largest head that any witness has cosigned."""
    rows = Cosignature.select().order_by(Cosignature.size.desc(), Cosignature.witness).limit(1)
    return next((_record(row) for row in rows), None)


def _record(row: Cosignature) -> CosignatureRecord:
    return CosignatureRecord(row.witness, row.size, row.at_ms, row.note, row.line)


def add_refusal(witness: str, word: str, size: int, at_ms: int) -> bool:
    """Remember that a witness refuses; whether this is news."""
    row = WitnessRefusal.insert(witness=witness, word=word, size=size, at_ms=at_ms)
    return bool(row.on_conflict_ignore().as_rowcount().execute())


def end_refusals(witness: str) -> None:
    """The witness cosigns again."""
    WitnessRefusal.delete().where(WitnessRefusal.witness == witness).execute()


def forward_position(name: str) -> int | None:
    """The first entry that was not delivered yet; None for somebody who was never delivered to."""
    rows = asked("SELECT next_seq FROM forward_position WHERE name = ?", name)
    return int(rows[0][0]) if rows else None


def set_forward_position(name: str, next_seq: int, at_ms: int) -> None:
    ForwardPosition.replace(name=name, next_seq=next_seq, at_ms=at_ms).execute()


def leaves(first: int, limit: int) -> list[tuple[int, bytes]]:
    """(seq, leaf) of up to `limit` entries from `first` on."""
    rows = asked("SELECT seq, leaf FROM entry WHERE seq >= ? ORDER BY seq LIMIT ?", first, limit)
    return [(int(seq), bytes(leaf)) for seq, leaf in rows]
