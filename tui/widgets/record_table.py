"""A table over a list at the agent that may be a million rows long.

It owns which rows are on the screen (`list_canvas` draws them) and a cursor that is bound to a row's identity, never to
its place. It refuses to move by itself: rows that come are counted, and shown when they are asked for. Empty, loading,
failed and refused are states of the list with words of their own.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.geometry import Region
from textual.message import Message
from textual.timer import Timer

from agent.errors import EarwitnessError
from tui.commands import Command, Offering
from tui.text import _
from tui.widgets.columns import Column
from tui.widgets.list_canvas import HEADER_LINES, ListCanvas
from tui.widgets.list_reader import Anchor, ListReader, Snapshot
from tui.widgets.list_state import ListState
from tui.widgets.record_source import RecordSource
from tui.widgets.table_commands import TABLE_COMMANDS
from tui.widgets.time_jump import Span, shifted

Row = TypeVar("Row")
MessageRow = TypeVar("MessageRow")

FETCH_DELAY_S = 0.03
"""Pages are asked for when the list has stood this long: a held key does not ask for each it passes."""
COUNT_DELAY_S = 0.25


class RecordTable(Offering, ListCanvas[Row], Generic[Row], can_focus=True):
    """The table.

    Args:
        columns: From left to right.
        empty_words: What an empty list says.
    """

    OFFERS: ClassVar[tuple[Command, ...]] = TABLE_COMMANDS

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
        super().__init__(columns, self._fetch_soon, empty_words=empty_words, name=name, id=id, classes=classes)
        self.newer = 0
        """Rows that have come since the list was asked for."""
        self._reader: ListReader[Row] = ListReader(self)
        self._source: RecordSource[Row] | None = None
        self._row: Row | None = None
        self._fetch_timer: Timer | None = None
        self._newer_timer: Timer | None = None

    # --- for its screen
    # --------------------------------------------------------------------------------------------

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
        if message.number in self._pages_in_view():
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

    # --- what is in view
    # ---------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._resize_list()
        self._select(self._index)

    def on_click(self, event: events.Click) -> None:
        line = event.get_content_offset_capture(self).y - HEADER_LINES
        if 0 <= line < self._lines and self.scroll_offset.y + line < self.count:
            self._select(self.scroll_offset.y + line)
            if event.chain == 2:
                self.action_choose()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._fetch_soon()

    def _fetch_soon(self) -> None:
        if self._fetch_timer is None:
            self._fetch_timer = self.set_timer(FETCH_DELAY_S, self._fetch)

    def _fetch(self) -> None:
        self._fetch_timer = None
        if self._snapshot is not None:
            self._reader.fetch(self._snapshot, self._pages_around())

    def _pages_around(self) -> range:
        """Of what is visible, and of a screen above and below: the next one is there before it is asked for."""
        return self._pages_in_view(more_lines=self._lines)

    def _pages_in_view(self, *, more_lines: int = 0) -> range:
        if self._snapshot is None or not self.count:
            return range(0)
        number_of, top = self._snapshot.pages.number_of, self.scroll_offset.y
        first = max(0, top - more_lines)
        last = min(top + self._lines + more_lines, self.count - 1)
        return range(number_of(first), number_of(last) + 1)
