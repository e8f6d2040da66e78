"""A table over a list at the agent that may be a million rows long.

It owns what is on the screen and a cursor that is bound to a row's identity, never to its place. It
refuses to move by itself: rows that come are counted, and shown when they are asked for. Empty, loading,
failed and refused are states of the list with words of their own.
"""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from rich.style import Style
from textual import events, on
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from agent.errors import EarwitnessError
from tui.commands import Command, Offering
from tui.text import _
from tui.widgets.columns import MARKER_CELLS, Column
from tui.widgets.list_reader import Anchor, ListReader, Snapshot
from tui.widgets.list_state import ListState
from tui.widgets.record_source import RecordSource
from tui.widgets.row_painter import RowPainter
from tui.widgets.table_commands import TABLE_COMMANDS
from tui.widgets.time_jump import Span, shifted

Row = TypeVar("Row")
MessageRow = TypeVar("MessageRow")

FETCH_DELAY_S = 0.03
"""Pages are asked for when the list has stood this long: a held key does not ask for each it passes."""
COUNT_DELAY_S = 0.25
HEADER_LINES = 1
STATE_LINE = 2
NOT_YET = "·"


class RecordTable(Offering, ScrollView, Generic[Row], can_focus=True):
    """The table.

    Args:
        columns: From left to right.
        empty_words: What an empty list says.
    """

    OFFERS: ClassVar[tuple[Command, ...]] = TABLE_COMMANDS
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record-table--header",
        "record-table--cursor",
        "record-table--muted",
        "record-table--warning",
        "record-table--error",
        "record-table--success",
    }
    DEFAULT_CSS = """
    RecordTable {
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

    class Chosen(Message, Generic[MessageRow]):
        """A row was opened."""

        def __init__(self, table: RecordTable[MessageRow], row: MessageRow) -> None:
            super().__init__()
            self.table, self.row = table, row

        @property
        def control(self) -> RecordTable[MessageRow]:
            return self.table

    class Highlighted(Message, Generic[MessageRow]):
        """The cursor is on another row, or its row has arrived; None while there is none."""

        def __init__(self, table: RecordTable[MessageRow], index: int, row: MessageRow | None) -> None:
            super().__init__()
            self.table, self.index, self.row = table, index, row

        @property
        def control(self) -> RecordTable[MessageRow]:
            return self.table

    class Counted(Message, Generic[MessageRow]):
        """How many rows the list holds, or how many have come since, has become known."""

        def __init__(self, table: RecordTable[MessageRow], count: int, newer: int) -> None:
            super().__init__()
            self.table, self.count, self.newer = table, count, newer

        @property
        def control(self) -> RecordTable[MessageRow]:
            return self.table

    class Failed(Message, Generic[MessageRow]):
        """The agent refused the list or did not answer; the application says so unless a screen does."""

        def __init__(self, table: RecordTable[MessageRow], error: EarwitnessError) -> None:
            super().__init__()
            self.table, self.error = table, error

        @property
        def control(self) -> RecordTable[MessageRow]:
            return self.table

    def __init__(
        self,
        columns: tuple[Column[Row], ...],
        *,
        empty_words: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.empty_words = empty_words or _("Nothing here.")
        self.newer = 0
        """Rows that have come since the list was asked for."""
        self.error: EarwitnessError | None = None
        """Why the list is failed or refused."""
        self._reader: ListReader[Row] = ListReader(self)
        self._source: RecordSource[Row] | None = None
        self._snapshot: Snapshot[Row] | None = None
        self._index = 0
        self._row: Row | None = None
        self._fetch_timer: Timer | None = None
        self._newer_timer: Timer | None = None
        self._painter = RowPainter(columns, self._style_of)
        self._styles: dict[str, Style] = {}

    # --- for its screen
    # --------------------------------------------------------------------------------------------

    @property
    def count(self) -> int:
        return self._snapshot.count if self._snapshot else 0

    @property
    def as_of(self) -> str | None:
        """The snapshot's token; None before the first reply."""
        return self._snapshot.as_of if self._snapshot else None

    @property
    def cursor_index(self) -> int:
        return self._index

    @property
    def source(self) -> RecordSource[Row] | None:
        """What was asked for last; None before the first question."""
        return self._source

    def row_at(self, index: int) -> Row | None:
        """The row at a place of the list; None while it is not here."""
        return self._snapshot.pages.row(index) if self._snapshot and index >= 0 else None

    @property
    def selected(self) -> Row | None:
        """The row under the cursor; None while it is not here."""
        return self._row

    @property
    def bookmark(self) -> Anchor[Row] | None:
        """Where the cursor is, to come back to with `show`; None without a row."""
        if self._snapshot is None or self._row is None:
            return None
        return Anchor(self._row, self._index, self._snapshot.as_of)

    def show(self, source: RecordSource[Row], *, keep_row: bool = False, bookmark: Anchor[Row] | None = None) -> None:
        """Ask for a list and show it from its beginning.

        With `keep_row` it is shown around the row under the cursor, with a bookmark around its row; both must be of
        the same list. What is shown stays until the reply comes.
        """
        self._source = source
        if self._snapshot is None:
            self.state = ListState.LOADING
        self._reader.open(source, self.bookmark if keep_row else bookmark)

    def reread(self) -> None:
        """Ask for the same list again; the cursor stays on its row."""
        if self._source is not None:
            is_shown = self._snapshot is not None and self._snapshot.source is self._source
            self.show(self._source, keep_row=is_shown)

    def count_newer(self) -> None:
        """Ask, once for many occasions, how many rows have come since; the list itself does not move."""
        if self._newer_timer is None:
            self._newer_timer = self.set_timer(COUNT_DELAY_S, self._count_newer)

    def _count_newer(self) -> None:
        self._newer_timer = None
        if self._snapshot is not None:
            self._reader.count_newer(self._snapshot)

    def retry_failed(self) -> None:
        """Ask once more for what could not be read, for instance when the connection is there again."""
        if self._snapshot is None:
            self.reread()
        else:
            self._snapshot.failed.clear()
            self.refresh()

    # --- replies
    # ---------------------------------------------------------------------------------------------------

    @on(ListReader.Opened)
    def _show_opened(self, message: ListReader.Opened[Row]) -> None:
        if message.generation != self._reader.generation:
            return
        self._snapshot, self.newer, self.error = message.snapshot, 0, None
        self.state = ListState.SHOWN if message.snapshot.count else ListState.EMPTY
        top, line = self.scroll_offset.y, self._index - self.scroll_offset.y
        if not message.was_anchored:
            self._index, top = 0, 0
        elif message.position is not None:
            self._index = message.position
            top = 0 if top == 0 and self._index < self._lines else self._index - line
        self._resize_list()
        self._row = None
        self.scroll_to(y=top, animate=False)
        self._select(self._index)
        if message.was_anchored:
            self.post_message(self.Counted(self, message.snapshot.count, 0))

    @on(ListReader.OpenFailed)
    def _show_failure(self, message: ListReader.OpenFailed) -> None:
        if message.generation != self._reader.generation:
            return
        if self._snapshot is None:
            self.error = message.error
            self.state = ListState.of_error(message.error)
        self.post_message(self.Failed(self, message.error))

    @on(ListReader.CountArrived)
    def _show_count(self, message: ListReader.CountArrived) -> None:
        if message.generation != self._reader.generation or self._snapshot is None:
            return
        self._snapshot.count = message.count
        self.state = ListState.SHOWN if message.count else ListState.EMPTY
        self._resize_list()
        self.post_message(self.Counted(self, message.count, self.newer))

    @on(ListReader.NewerArrived)
    def _show_newer(self, message: ListReader.NewerArrived) -> None:
        if message.generation == self._reader.generation and message.newer != self.newer:
            self.newer = message.newer
            self.post_message(self.Counted(self, self.count, self.newer))

    @on(ListReader.PageArrived)
    def _show_page(self, message: ListReader.PageArrived[Row]) -> None:
        if message.generation != self._reader.generation or self._snapshot is None:
            return
        self._reader.arrived(message.number)
        if isinstance(message.rows, EarwitnessError):
            self._snapshot.failed[message.number] = message.rows
            self.post_message(self.Failed(self, message.rows))
        elif self._snapshot.pages.number_of(self._index) == message.number:
            self._rebind_cursor(self._snapshot)
        self.refresh()

    @on(ListReader.JumpArrived)
    def _show_jump(self, message: ListReader.JumpArrived) -> None:
        if message.generation == self._reader.generation:
            self._select(message.index)

    # --- the cursor
    # ------------------------------------------------------------------------------------------------

    def _rebind_cursor(self, snapshot: Snapshot[Row]) -> None:
        """Keep the cursor on its row where rows that went have moved it; else take what is there."""
        if self._row is not None:
            identity = snapshot.source.identity(self._row)
            for index, row in snapshot.pages.rows():
                if snapshot.source.identity(row) == identity:
                    self._select(index)
                    return
        self._row = None
        self._select(self._index)

    def _select(self, index: int) -> None:
        """Put the cursor on a row and bring it into view."""
        if self._snapshot is None:
            return
        before = (self._index, self._row)
        self._index = max(0, min(index, self.count - 1))
        self._row = self._snapshot.pages.row(self._index)
        top = self.scroll_offset.y
        if self._index < top:
            self.scroll_to(y=self._index, animate=False)
        elif self._index >= top + self._lines:
            self.scroll_to(y=self._index - self._lines + 1, animate=False)
        else:
            for line in {before[0], self._index}:
                self.refresh(Region(0, line - top + HEADER_LINES, self.size.width, 1))
        self._place_terminal_cursor()
        if (before[1] is None) is not (self._row is None):
            self.refresh_bindings()
        if before != (self._index, self._row):
            self.post_message(self.Highlighted(self, self._index, self._row))

    def _place_terminal_cursor(self) -> None:
        """Put the terminal's own cursor on the selected row: screen readers and braille lines follow it."""
        if self.has_focus and self.is_attached:
            line = self._index - self.scroll_offset.y + HEADER_LINES
            self.app.cursor_position = Offset(self.content_region.x, self.content_region.y + line)

    @property
    def _lines(self) -> int:
        """Lines of the screen that show rows."""
        return max(1, self.scrollable_content_region.height - HEADER_LINES)

    # --- commands
    # --------------------------------------------------------------------------------------------------

    def why_not(self, command: Command) -> str | None:
        if command.action.startswith("jump") and self._instant() is None:
            return _("Jumps in time need a list that is ordered by time.")
        if command.action == "choose" and self._row is None:
            return _("No row is selected.")
        return super().why_not(command)

    def action_choose(self) -> None:
        if self._row is not None:
            self.post_message(self.Chosen(self, self._row))

    def action_reread(self) -> None:
        self.reread()

    def action_move(self, rows: int) -> None:
        self._select(self._index + rows)

    def action_page(self, direction: int) -> None:
        rows = direction * max(1, self._lines - 1)
        self.scroll_to(y=max(0, self.scroll_offset.y + rows), animate=False)
        self._select(self._index + rows)

    def action_first(self) -> None:
        self._select(0)

    def action_last(self) -> None:
        self._select(self.count - 1)

    def action_jump(self, span: Span, direction: int) -> None:
        at = self._instant()
        if at is not None and self._snapshot is not None:
            self._reader.find(self._snapshot, self._index, shifted(at, span, direction))

    def _instant(self) -> datetime | None:
        if self._snapshot is None or self._row is None:
            return None
        return self._snapshot.source.instant(self._row)

    # --- drawing
    # -----------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._resize_list()
        self._select(self._index)

    def on_focus(self) -> None:
        self._place_terminal_cursor()

    def on_click(self, event: events.Click) -> None:
        line = event.get_content_offset_capture(self).y - HEADER_LINES
        if 0 <= line < self._lines and self.scroll_offset.y + line < self.count:
            self._select(self.scroll_offset.y + line)
            if event.chain == 2:
                self.action_choose()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._fetch_soon()
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
        self._fetch_soon()
        return NOT_YET

    def _fetch_soon(self) -> None:
        if self._fetch_timer is None:
            self._fetch_timer = self.set_timer(FETCH_DELAY_S, self._fetch)

    def _fetch(self) -> None:
        self._fetch_timer = None
        if self._snapshot is not None:
            self._reader.fetch(self._snapshot, self._pages_around())

    def _pages_around(self) -> range:
        """Of what is visible, and of a screen above and below: the next one is there before it is asked for."""
        if self._snapshot is None or not self.count:
            return range(0)
        number_of, top = self._snapshot.pages.number_of, self.scroll_offset.y
        first = max(0, top - self._lines)
        last = min(top + 2 * self._lines, self.count - 1)
        return range(number_of(first), number_of(last) + 1)
