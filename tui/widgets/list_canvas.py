"""What a long list looks like: its header, the rows in view, and what stands where there is none.

It owns lines and styles, and draws a snapshot from the place to which it is scrolled. It asks nobody and moves no
cursor: a row that is not here is said to be wanted, and that is all.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from rich.style import Style
from textual.geometry import Offset, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from agent.errors import EarwitnessError
from tui.text import _
from tui.widgets.columns import MARKER_CELLS, Column
from tui.widgets.list_reader import Snapshot
from tui.widgets.list_state import ListState
from tui.widgets.row_painter import RowPainter

Row = TypeVar("Row")

HEADER_LINES = 1
STATE_LINE = 2
NOT_YET = "·"


class ListCanvas(ScrollView, Generic[Row]):
    """The drawn part of a table.

    Args:
        columns: From left to right.
        wanted: Called, also many times, when a row in view is not here.
        empty_words: What an empty list says.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record-table--header",
        "record-table--cursor",
        "record-table--muted",
        "record-table--warning",
        "record-table--error",
        "record-table--success",
    }
    DEFAULT_CSS = """
    ListCanvas {
        height: 1fr; background: $background; color: $foreground; overflow-x: auto; overflow-y: scroll;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
        & > .record-table--header { color: $text-muted; text-style: bold; }
        & > .record-table--muted { color: $text-muted; }
        & > .record-table--warning { color: $warning; }
        & > .record-table--error { color: $error; }
        & > .record-table--success { color: $success; }
        & > .record-table--cursor {
            background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
            text-style: $block-cursor-blurred-text-style;
        }
        &:focus > .record-table--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """

    state: reactive[ListState] = reactive(ListState.LOADING)

    def __init__(
        self,
        columns: tuple[Column[Row], ...],
        wanted: Callable[[], None],
        *,
        empty_words: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.empty_words = empty_words or _("Nothing here.")
        self.error: EarwitnessError | None = None
        """Why the list is failed or refused."""
        self._wanted = wanted
        self._snapshot: Snapshot[Row] | None = None
        self._index = 0
        """Of the row that is drawn as the one under the cursor."""
        self._painter = RowPainter(columns, self._style_of)
        self._styles: dict[str, Style] = {}

    @property
    def count(self) -> int:
        return self._snapshot.count if self._snapshot else 0

    @property
    def _lines(self) -> int:
        """Lines of the screen that show rows."""
        return max(1, self.scrollable_content_region.height - HEADER_LINES)

    def _place_terminal_cursor(self) -> None:
        """Put the terminal's own cursor on the selected row: screen readers and braille lines follow it."""
        if self.has_focus and self.is_attached:
            line = self._index - self.scroll_offset.y + HEADER_LINES
            self.app.cursor_position = Offset(self.content_region.x, self.content_region.y + line)

    def on_focus(self) -> None:
        self._place_terminal_cursor()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._place_terminal_cursor()

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def _resize_list(self) -> None:
        self._painter.fit(self.scrollable_content_region.width)
        self.virtual_size = Size(self._painter.width, self.count + HEADER_LINES)
        self.refresh()

    def _style_of(self, part: str) -> Style:
        if part not in self._styles:
            names = [f"record-table--{part}"] if part else []
            self._styles[part] = self.get_component_rich_style(*names) if names else self.rich_style
        return self._styles[part]

    def render_line(self, y: int) -> Strip:
        strip, part = self._header_or_row(y)
        left, width = self.scroll_offset.x, self.scrollable_content_region.width
        return strip.crop_extend(left, left + width, self._style_of(part))

    def _header_or_row(self, y: int) -> tuple[Strip, str]:
        """A line of the widget, and the part whose style goes on to its right."""
        if y < HEADER_LINES:
            return self._painter.header(), ""
        if self.state is not ListState.SHOWN or self._snapshot is None:
            return self._painter.words(self._state_line(y - STATE_LINE), self.state.tone), ""
        index = self.scroll_offset.y + y - HEADER_LINES
        if index >= self.count:
            return Strip([]), ""
        is_cursor = index == self._index
        row = self._snapshot.pages.row(index)
        if row is None:
            strip = self._painter.words(self._missing_words(self._snapshot, index), "muted", is_cursor=is_cursor)
        else:
            strip = self.paint(index, row, is_cursor=is_cursor)
        return strip, "cursor" if is_cursor else ""

    def paint(self, index: int, row: Row, *, is_cursor: bool) -> Strip:
        """The line of a row. Extend it where a row's neighbours change how it is told."""
        return self._painter.row(row, is_cursor=is_cursor)

    def _state_line(self, line: int) -> str:
        words = self.state.words(empty=self.empty_words, error=self.error)
        room = max(10, self.scrollable_content_region.width - 2 * MARKER_CELLS)
        lines = textwrap.wrap(words, room)
        return lines[line] if 0 <= line < len(lines) else ""

    def _missing_words(self, snapshot: Snapshot[Row], index: int) -> str:
        number = snapshot.pages.number_of(index)
        if number in snapshot.failed:
            return _("could not be read; r tries again")
        if number in snapshot.pages:
            return _("no longer there")
        self._wanted()
        return NOT_YET
