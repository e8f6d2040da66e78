"""Turn rows into lines of a table: cells in columns, the mark of the selected row, words for no row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.widgets.columns import GAP_CELLS, MARKER_CELLS, Column, fitted, fitted_widths, line_width

Row = TypeVar("Row")

MARKER = ">"
"""Before the selected row, so that the selection needs no colour."""


class RowPainter(Generic[Row]):
    """The lines of one table.

    Args:
        columns: From left to right.
        style_of: The style of a part: `header`, `cursor`, a tone, or the empty word for an ordinary cell.
    """

    def __init__(self, columns: Sequence[Column[Row]], style_of: Callable[[str], Style]) -> None:
        self._columns = columns
        self._style_of = style_of
        self._widths = [column.width for column in columns]

    @property
    def width(self) -> int:
        """Cells of a whole line, which may be more than there is room for."""
        return line_width(self._widths)

    def fit(self, room: int) -> None:
        """Divide a line of `room` cells among the columns."""
        self._widths = fitted_widths(self._columns, room)

    def header(self) -> Strip:
        return self.cells([(column.label, "header") for column in self._columns], is_cursor=False)

    def row(self, row: Row, *, is_cursor: bool) -> Strip:
        """The cells of a row; the selected one has one style throughout, which keeps its contrast."""
        cells = [(column.words(row), column.tone(row) if column.tone else "") for column in self._columns]
        return self.cells(cells, is_cursor=is_cursor)

    def words(self, text: str, tone: str, *, is_cursor: bool = False) -> Strip:
        """One text across all columns."""
        part = "cursor" if is_cursor else tone
        cell = Segment(fitted(text, max(1, self.width - MARKER_CELLS)), self._style_of(part))
        return Strip([self._mark(is_cursor), cell]).simplify()

    def cells(self, cells: Sequence[tuple[str, str]], *, is_cursor: bool) -> Strip:
        """A line of a text and its tone for each column."""
        base = self._style_of("cursor" if is_cursor else "")
        segments = [self._mark(is_cursor)]
        for column, width, (text, tone) in zip(self._columns, self._widths, cells, strict=True):
            if len(segments) > 1:
                segments.append(Segment(" " * GAP_CELLS, base))
            style = self._style_of(tone) if tone and not is_cursor else base
            segments.append(Segment(fitted(text, width, column.align), style))
        return Strip(segments).simplify()

    def _mark(self, is_cursor: bool) -> Segment:
        mark = MARKER if is_cursor else ""
        return Segment(mark.ljust(MARKER_CELLS), self._style_of("cursor" if is_cursor else ""))
