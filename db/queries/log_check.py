"""The log as `verify` reads it: whole ranges at once, with the comparison that SQLite makes faster than anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from db.queries.reading import asked

_ROWS = 2000
_SAME = """
    typeof(leaf) = 'blob' AND CASE WHEN json_valid(words) THEN
        json_type(words, '$.detail') = 'object' AND json_type(words, '$.actor') = 'object'
        AND json_extract(
            words, '$.v', '$.seq', '$.at', '$.actor.account', '$.actor.uid', '$.action', '$.outcome', '$.target',
            '$.purpose'
        ) = json_array(
            1, seq, strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch'), account, uid, action, outcome, target,
            purpose
        )
    END
"""
"""Whether a leaf of version 1 says what its columns say. The year of an instant has four digits."""


TELLING = ("contact.take_in", "contact.join", "quarantine.add", "log.restored")
"""Actions whose entries say something of the rest: which recordings there are, where epochs began."""
SAME, SAME_AND_TELLING = 1, 2
_KIND = f"CASE WHEN {_SAME} THEN CASE WHEN action IN {TELLING} THEN {SAME_AND_TELLING} ELSE {SAME} END ELSE 0 END"


def leaves(first: int, after: int) -> list[tuple[int, bytes, int]]:
    """(seq, leaf, whether its copied columns are those that it names), from `first` to before `after`.

    0 means that it has to be looked at more closely, not that something is wrong.
    """
    return asked(
        f"SELECT seq, leaf, {_KIND}"  # noqa: S608 - a text of ours
        " FROM (SELECT *, CAST(leaf AS TEXT) AS words FROM entry WHERE seq >= ? AND seq < ?) ORDER BY seq",
        first,
        after,
    )


def hashes(level: int, first: int, after: int) -> list[Any]:
    """Of the nodes of a level from place `first` to before `after`, in order."""
    rows = asked(
        "SELECT hash FROM tree_node WHERE level = ? AND place >= ? AND place < ? ORDER BY place", level, first, after
    )
    return [digest for (digest,) in rows]


def is_anything_outside(size: int, levels: int) -> bool:
    """Whether there is an entry or a node where a log of so many entries has none."""
    outside: list[tuple[str, Sequence[int]]] = [
        ("SELECT 1 FROM entry WHERE seq < 0 LIMIT 1", ()),
        ("SELECT 1 FROM tree_node WHERE level < 0 LIMIT 1", ()),
        ("SELECT 1 FROM tree_node WHERE level >= ? LIMIT 1", (levels,)),
    ]
    for level in range(levels):
        outside.append(("SELECT 1 FROM tree_node WHERE level = ? AND place < 0 LIMIT 1", (level,)))
        outside.append(("SELECT 1 FROM tree_node WHERE level = ? AND place >= ? LIMIT 1", (level, size >> level)))
    return any(asked(sql, *values) for sql, values in outside)


def perhaps_marked(first: int) -> Iterator[tuple[int, bytes]]:
    """(seq, leaf) of the entries from `first` on whose leaf holds a digest or a case, a few thousand at a time."""
    while True:
        rows = asked(
            "SELECT seq, leaf FROM entry WHERE seq >= ? AND typeof(leaf) = 'blob'"
            " AND (instr(leaf, CAST('hmac:' AS BLOB)) OR NOT instr(leaf, CAST('\"case\":null' AS BLOB)))"
            " ORDER BY seq LIMIT ?",
            first,
            _ROWS,
        )
        yield from rows
        if len(rows) < _ROWS:
            return
        first = int(rows[-1][0]) + 1


def is_perhaps_marked(leaf: bytes) -> bool:
    """What `perhaps_marked` asks of a leaf, of one that is here already."""
    return b"hmac:" in leaf or b'"case":null' not in leaf


def count_of(marks: Sequence[tuple[str, str, int]]) -> int:
    """How many of these marks (kind, value, seq) are there."""
    [(count,)] = asked(
        "SELECT COUNT(*) FROM json_each(?) AS mark CROSS JOIN entry_mark ON kind = json_extract(mark.value, '$[0]')"
        " AND entry_mark.value = json_extract(mark.value, '$[1]') AND seq = json_extract(mark.value, '$[2]')",
        json.dumps(marks),
    )
    return int(count)


def is_marked(kind: str, value: str, seq: int) -> bool:
    return bool(asked("SELECT 1 FROM entry_mark WHERE kind = ? AND value = ? AND seq = ?", kind, value, seq))


def count_of_marks(first: int) -> int:
    """How many marks there are of the entries from `first` on, and of what lies outside the log."""
    [(count,)] = asked("SELECT COUNT(*) FROM entry_mark WHERE seq >= ? OR seq < 0", first)
    return int(count)


def marked(first: int) -> Iterator[tuple[int, bytes, set[tuple[str, str]]]]:
    """(seq, leaf, marks) of every entry from `first` on that has marks; an empty leaf where there is no entry."""
    rows = asked(
        "SELECT entry_mark.seq, COALESCE(entry.leaf, x''), kind, value FROM entry_mark"
        " LEFT JOIN entry ON entry.seq = entry_mark.seq"
        " WHERE entry_mark.seq >= ? OR entry_mark.seq < 0 ORDER BY entry_mark.seq",
        first,
    )
    for (seq, leaf), of_entry in groupby(rows, key=itemgetter(0, 1)):
        yield seq, leaf, {(kind, value) for _seq, _leaf, kind, value in of_entry}
