"""The access log as it is stored: leaves in order, tree nodes by place, signed heads.

Searching it: `log_search`. What people typed: `log_words`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from db.engine import database, execute_many
from db.models import Checkpoint, Entry
from db.queries.reading import asked, first_tuple
from db.records import CheckpointRecord, EntryRecord

_COLUMNS = (Entry.at_ms, Entry.account, Entry.uid, Entry.action, Entry.outcome, Entry.target, Entry.purpose)
_NAMES = tuple(column.name for column in _COLUMNS)
_SELECT = f"SELECT seq, leaf, {', '.join(_NAMES)} FROM entry"  # noqa: S608 - names of columns of ours
_BEFORE_ALL = -(1 << 63)
_STREAM_ROWS = 2000
CHECKPOINTS_KEPT_PER_MS = 3_600_000
"""One signed head of each hour is kept besides the newest."""


def size() -> int:
    """How many entries there are: the size of the tree."""
    [(newest,)] = asked("SELECT MAX(seq) FROM entry")
    return 0 if newest is None else int(newest) + 1


def add(rows: Iterable[tuple[int, bytes, dict[str, str | int | None]]]) -> None:
    """Store entries: (seq, leaf, copied columns).

    Raises:
        peewee.IntegrityError: there is an entry at one of the places already.
    """
    execute_many(
        "INSERT INTO entry (seq, leaf, at_ms, account, uid, action, outcome, target, purpose)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(seq, leaf, *[columns[name] for name in _NAMES]) for seq, leaf, columns in rows],
    )


def by_seq(seq: int) -> EntryRecord | None:
    row = first_tuple(Entry.select(*entry_columns()).where(Entry.seq == seq))
    return None if row is None else entry_record(row)


def newest_of(action: str) -> EntryRecord | None:
    """The newest entry of an action."""
    rows = asked(f"{_SELECT} WHERE action = ? ORDER BY seq DESC LIMIT 1", action)
    return entry_record(rows[0]) if rows else None


def of_action(action: str, *, before: int) -> list[EntryRecord]:
    """Every entry of a rare action at a place before another, oldest first."""
    return [entry_record(row) for row in asked(f"{_SELECT} WHERE action = ? AND seq < ? ORDER BY seq", action, before)]


def entry_record(row: tuple[Any, ...]) -> EntryRecord:
    """Of a row (seq, leaf, the copied columns in their order)."""
    return EntryRecord(int(row[0]), bytes(row[1]), dict(zip(_NAMES, row[2:], strict=True)))


def entry_columns() -> tuple[Any, ...]:
    """What to select for `entry_record`."""
    return (Entry.seq, Entry.leaf, *_COLUMNS)


def entries_from(first: int) -> list[EntryRecord]:
    """Every entry from `first` on, at once."""
    return [entry_record(row) for row in asked(f"{_SELECT} WHERE seq >= ? ORDER BY seq", first)]


def stream(first: int = 0) -> Iterator[EntryRecord]:
    """All entries from `first` on, in order, a few thousand in memory at a time."""
    while True:
        rows = asked(
            f"{_SELECT} WHERE seq >= ? ORDER BY seq LIMIT ?",
            first,
            _STREAM_ROWS,
        )
        for row in rows:
            yield entry_record(row)
        if len(rows) < _STREAM_ROWS:
            return
        first = int(rows[-1][0]) + 1


def node(level: int, place: int) -> bytes | None:
    rows = asked("SELECT hash FROM tree_node WHERE level = ? AND place = ?", level, place)
    return bytes(rows[0][0]) if rows else None


def nodes(places: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The hashes at several (level, place), as far as they are there."""
    wanted = list(places)
    if not wanted:
        return {}
    rows = asked(
        f"SELECT level, place, hash FROM tree_node WHERE (level, place) IN (VALUES {_pairs(len(wanted))})",  # noqa: S608
        *[number for place in wanted for number in place],
    )
    return {(int(level), int(place)): bytes(digest) for level, place, digest in rows}


def _pairs(count: int) -> str:
    return ",".join(["(?,?)"] * count)


def add_nodes(nodes: Iterable[tuple[int, int, bytes]]) -> None:
    """Store (level, place, hash) of complete subtrees."""
    execute_many("INSERT INTO tree_node (level, place, hash) VALUES (?, ?, ?)", nodes)


def stream_nodes(level: int) -> Iterator[tuple[int, bytes]]:
    """(place, hash) of one level, in order."""
    after = _BEFORE_ALL
    while True:
        rows = asked(
            "SELECT place, hash FROM tree_node WHERE level = ? AND place > ? ORDER BY place LIMIT ?",
            level,
            after,
            _STREAM_ROWS,
        )
        yield from rows
        if len(rows) < _STREAM_ROWS:
            return
        after = int(rows[-1][0])


def levels() -> list[int]:
    """On which levels there are nodes."""
    return [int(level) for (level,) in asked("SELECT DISTINCT level FROM tree_node ORDER BY level")]


def add_checkpoint(record: CheckpointRecord) -> None:
    """Store the newest signed head; the one before it goes unless it is the first of its hour."""
    before = asked("SELECT size, at_ms FROM checkpoint ORDER BY size DESC LIMIT 2")
    if len(before) == 2 and _hour(before[0][1]) == _hour(before[1][1]):
        database.execute_sql("DELETE FROM checkpoint WHERE size = ?", (before[0][0],))
    database.execute_sql(
        "INSERT INTO checkpoint (size, at_ms, note) VALUES (?, ?, ?)", (record.size, record.at_ms, record.note)
    )


def _hour(at_ms: int) -> int:
    return at_ms // CHECKPOINTS_KEPT_PER_MS


def checkpoints() -> list[CheckpointRecord]:
    """Every signed head that is kept, smallest tree first."""
    rows = Checkpoint.select().order_by(Checkpoint.size)
    return [CheckpointRecord(size=row.size, at_ms=row.at_ms, note=row.note) for row in rows]


def newest_checkpoint() -> CheckpointRecord | None:
    rows = asked("SELECT size, at_ms, note FROM checkpoint ORDER BY size DESC LIMIT 1")
    return CheckpointRecord(*rows[0]) if rows else None
