"""Contacts as CSV (RFC 4180) that a spreadsheet opens without obeying it.

A cell that a spreadsheet would take for a formula gets an apostrophe in front. A number in E.164 (`+` and
nothing but digits) is left as it is: as a formula it is no more than itself, and with an apostrophe no
program would know it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from agent import wire

COLUMNS = (
    *("id", "medium", "started_at", "duration_s", "direction", "number", "withheld", "adviser", "service"),
    *("attention", "notes", "tags", "cases", "recordings"),
)
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n＝＋－＠]")
_E164 = re.compile(r"\+[0-9]{2,15}")


def heading() -> str:
    return written([COLUMNS])


def lines(contacts: Iterable[wire.Contact]) -> str:
    """A line for each contact; several tags, cases or recordings stand in one cell with blanks between."""
    return written(map(_cells, contacts))


def written(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells as CSV, each cell made harmless."""
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def harmless(cell: str) -> str:
    """The same cell, such that no spreadsheet calculates with it."""
    if _FORMULA.match(cell) and not _E164.fullmatch(cell):
        return f"'{cell}"
    return cell


def _cells(contact: wire.Contact) -> list[str]:
    body = contact.model_dump(mode="json")
    body["recordings"] = [recording.id for recording in contact.recordings]
    return [_cell(body[column]) for column in COLUMNS]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return " ".join(map(str, value))
        case _:
            return str(value)
