"""The access log as it is stored: leaves in order, tree nodes by place, signed heads. Searching it: `log_search`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from peewee import fn

from db.engine import database
from db.models import Checkpoint, Entry, Said, TreeNode
from db.queries.reading import first_tuple, tuples
from db.records import CheckpointRecord, EntryRecord

_COLUMNS = (Entry.at_ms, Entry.account, Entry.uid, Entry.action, Entry.outcome, Entry.target, Entry.purpose)
_NAMES = tuple(column.name for column in _COLUMNS)
_STREAM_ROWS = 2000
CHECKPOINTS_KEPT_PER_MS = 3_600_000
"""One signed head of each hour is kept besides the newest."""


def size() -> int:
    """How many entries there are: the size of the tree."""
    newest = Entry.select(fn.MAX(Entry.seq)).scalar()
    return 0 if newest is None else int(newest) + 1


def add(seq: int, leaf: bytes, columns: dict[str, str | int | None]) -> None:
    """Store an entry.

    Raises:
        peewee.IntegrityError: there is an entry at `seq` already.
    """
    database.execute_sql(
        "INSERT INTO entry (seq, leaf, at_ms, account, uid, action, outcome, target, purpose)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (seq, leaf, *(columns[name] for name in _NAMES)),
    )


def by_seq(seq: int) -> EntryRecord | None:
    row = first_tuple(Entry.select(*entry_columns()).where(Entry.seq == seq))
    return None if row is None else entry_record(row)


def entry_record(row: tuple[Any, ...]) -> EntryRecord:
    """Of a row (seq, leaf, the copied columns in their order)."""
    return EntryRecord(int(row[0]), bytes(row[1]), dict(zip(_NAMES, row[2:], strict=True)))


def entry_columns() -> tuple[Any, ...]:
    """What to select for `entry_record`."""
    return (Entry.seq, Entry.leaf, *_COLUMNS)


def stream(first: int = 0) -> Iterator[EntryRecord]:
    """All entries from `first` on, in order, a few thousand in memory at a time."""
    while True:
        rows = tuples(Entry.select(*entry_columns()).where(Entry.seq >= first).order_by(Entry.seq).limit(_STREAM_ROWS))
        for row in rows:
            yield entry_record(row)
        if len(rows) < _STREAM_ROWS:
            return
        first = int(rows[-1][0]) + 1


def node(level: int, place: int) -> bytes | None:
    row = database.execute_sql("SELECT hash FROM tree_node WHERE level = ? AND place = ?", (level, place)).fetchone()
    return None if row is None else bytes(row[0])


def add_nodes(nodes: Iterable[tuple[int, int, bytes]]) -> None:
    """Store (level, place, hash) of complete subtrees."""
    for place in nodes:
        database.execute_sql("INSERT INTO tree_node (level, place, hash) VALUES (?, ?, ?)", place)


def stream_nodes(level: int) -> Iterator[tuple[int, bytes]]:
    """(place, hash) of one level, in order."""
    first = -1
    while True:
        rows = tuples(
            TreeNode.select(TreeNode.place, TreeNode.hash)
            .where((TreeNode.level == level) & (TreeNode.place > first))
            .order_by(TreeNode.place)
            .limit(_STREAM_ROWS)
        )
        for place, digest in rows:
            yield int(place), bytes(digest)
        if len(rows) < _STREAM_ROWS:
            return
        first = int(rows[-1][0])


def add_checkpoint(record: CheckpointRecord) -> None:
    """Store the newest signed head; the one before it goes unless it is the first of its hour."""
    before = list(Checkpoint.select().order_by(Checkpoint.size.desc()).limit(2))
    if len(before) == 2 and _hour(before[0].at_ms) == _hour(before[1].at_ms):
        before[0].delete_instance()
    Checkpoint.insert(size=record.size, at_ms=record.at_ms, note=record.note).execute()


def _hour(at_ms: int) -> int:
    return at_ms // CHECKPOINTS_KEPT_PER_MS


def checkpoints() -> list[CheckpointRecord]:
    """Every signed head that is kept, smallest tree first."""
    rows = Checkpoint.select().order_by(Checkpoint.size)
    return [CheckpointRecord(size=row.size, at_ms=row.at_ms, note=row.note) for row in rows]


def newest_checkpoint() -> CheckpointRecord | None:
    row = Checkpoint.select().order_by(Checkpoint.size.desc()).first()
    return None if row is None else CheckpointRecord(size=row.size, at_ms=row.at_ms, note=row.note)


def add_said(digest: str, text: str, at_ms: int) -> None:
    """Keep the words behind a digest; the same words twice are kept once."""
    Said.insert(digest=digest, text=text, at_ms=at_ms).on_conflict_ignore().execute()


def said(digests: Iterable[str]) -> dict[str, str]:
    """The words behind digests, as far as they have not been erased."""
    rows = tuples(Said.select(Said.digest, Said.text).where(Said.digest.in_(list(digests))))
    return {str(digest): str(text) for digest, text in rows}
