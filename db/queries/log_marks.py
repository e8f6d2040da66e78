"""What entries are looked for by beside their own columns: copies out of their leaves."""

from __future__ import annotations

from collections.abc import Iterable

from db.engine import execute_many


def add(marks: Iterable[tuple[str, str, int]]) -> None:
    """Store marks (kind, value, place of the entry); see `db.models.review.EntryMark`."""
    execute_many("INSERT INTO entry_mark (kind, value, seq) VALUES (?, ?, ?)", marks)
