"""The slow look at every leaf: which one is altered, missing, added, in another's place."""

from __future__ import annotations

from agent.audit import tree
from agent.audit.entry import LeafInvalid, columns_of_leaf, read_leaf
from agent.audit.verify.facts import Facts
from agent.audit.verify.finding import Report
from agent.audit.verify.progress import Progress
from db.queries import log as stored

_FIRST_POSSIBLE = -(1 << 63)
"""Of a number in SQLite: an entry that somebody added in front of the first is seen too."""
_NO_NODE = (1 << 63, b"")
_PROGRESS_ENTRIES = 5000


def check_leaves(size: int, facts: Facts, report: Report, progress: Progress) -> None:
    """Compare every entry with its place, its copied columns and the hash in the tree. Inside a read."""
    expected, nodes = 0, stored.stream_nodes(0)
    place, digest = -1, b""
    for entry in stored.stream(_FIRST_POSSIBLE):
        _note_missing(expected, entry.seq, report)
        expected = entry.seq + 1
        while place < entry.seq:
            place, digest = next(nodes, _NO_NODE)
        if place != entry.seq or digest != tree.leaf_hash(entry.leaf):
            report.found("entry", f"{entry.seq} is not the one that was written there")
        _check_copies(entry.seq, entry.leaf, entry.columns, facts, report)
        if entry.seq % _PROGRESS_ENTRIES == 0:
            progress("entries", entry.seq, size)
    last = max((place for place, _ in nodes), default=-1)
    _note_missing(size, last + 1, report)


def _note_missing(first: int, after: int, report: Report) -> None:
    if after - first == 1:
        report.found("entry", f"{first} is missing")
    elif after > first:
        report.found("entry", f"{first} to {after - 1} are missing")


def _check_copies(seq: int, leaf: bytes, columns: dict[str, str | int | None], facts: Facts, report: Report) -> None:
    try:
        fields = read_leaf(leaf)
        dict(fields["detail"])
        if fields["seq"] != seq:
            report.found("entry", f"{seq} was written as another one")
        if columns_of_leaf(fields) != columns:
            report.found("entry", f"{seq} has other searchable columns than it says")
        facts.note(seq, fields)
    except (LeafInvalid, KeyError, TypeError, ValueError, RecursionError):
        report.found("entry", f"{seq} cannot be read")
