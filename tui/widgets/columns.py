"""Columns of a table: what they say of a row, and how wide they are. No widget, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from rich.cells import cell_len, set_cell_size

from agent.client import clean

Row = TypeVar("Row")
Tone = Literal["", "muted", "warning", "error", "success"]

GAP_CELLS = 1
"""Between two columns."""
MARKER_CELLS = 2
"""Before the first column, for the mark of the selected row."""
ELLIPSIS = "…"


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Row]):
    """One column.

    `words` may return outside text: it is cleaned before it is drawn. `tone` colours a cell; the words
    must say it too.
    """

    label: str
    width: int
    """Cells at the least."""
    words: Callable[[Row], str]
    most: int | None = None
    """Cells at the most, when there is room; None: it does not grow."""
    align: Literal["left", "right"] = "left"
    tone: Callable[[Row], Tone] | None = None


def fitted_widths(columns: Sequence[Column[Row]], room: int) -> list[int]:
    """Divide a line among columns: each its least, and what is left evenly to those that can grow."""
    widths = [column.width for column in columns]
    spare = room - MARKER_CELLS - sum(widths) - GAP_CELLS * (len(columns) - 1)
    growing = [index for index, column in enumerate(columns) if column.most is not None]
    while spare > 0 and growing:
        for index in list(growing):
            most = columns[index].most
            if most is None or widths[index] >= most:
                growing.remove(index)
            elif spare > 0:
                widths[index] += 1
                spare -= 1
    return widths


def line_width(widths: Sequence[int]) -> int:
    return MARKER_CELLS + sum(widths) + GAP_CELLS * (len(widths) - 1)


def fitted(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """Outside text in exactly `width` cells: cleaned, and an ellipsis where it was cut."""
    shown = clean(text)
    cells = cell_len(shown)
    if cells > width:
        shown = set_cell_size(shown, width - 1).rstrip() + ELLIPSIS
        cells = cell_len(shown)
    blanks = " " * (width - cells)
    return blanks + shown if align == "right" else shown + blanks
