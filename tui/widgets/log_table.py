"""The table of log entries: its columns, and where its rows come from."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len
from textual.message import Message
from textual.strip import Strip

from agent import wire
from agent.client import Client
from agent.wire import Entry, Outcome
from tui.commands import Command
from tui.log_queries import other_day
from tui.text import _
from tui.widgets.columns import Column
from tui.widgets.contact_words import at_second
from tui.widgets.listening_fold import folded, is_continuation
from tui.widgets.log_words import (
    about_words,
    direct_word,
    entry_tone,
    marked_outcome,
    outcome_words,
    part_words,
    who_words,
)
from tui.widgets.record_source import RecordSource
from tui.widgets.record_table import RecordTable
from tui.widgets.time_jump import Span

CONTINUED = "…"
OUTCOME_CELLS = len("! ") + max(cell_len(word) for word in (*map(outcome_words, Outcome), direct_word()))
"""As the language needs it; the last column has the rest."""

COLUMNS: tuple[Column[Entry], ...] = (
    Column(label=_("time"), width=19, words=lambda entry: at_second(entry.at)),
    Column(label=_("who"), width=10, most=20, words=who_words),
    Column(label=_("action"), width=15, most=20, words=lambda entry: entry.action),
    Column(
        label=_("  outcome"),
        width=OUTCOME_CELLS,
        most=13,
        words=marked_outcome,
        tone=entry_tone,
    ),
    Column(
        label=_("why, what"),
        width=25 - OUTCOME_CELLS,
        most=80,
        words=about_words,
        tone=entry_tone,
    ),
)
"""They fill 79 cells: a line of 80 and its scroll bar."""


class LogSource(RecordSource[Entry]):
    """One search in the log, newest first."""

    def __init__(self, client: Client, query: str) -> None:
        self._client = client
        self.query = query

    async def page(self, *, offset: int, limit: int, as_of: str | None) -> wire.Page[Entry]:
        return await self._client.audit(self.query, offset=offset, limit=limit, as_of=as_of)

    async def count(self, *, as_of: str) -> int:
        return (await self._client.audit_count(self.query, as_of=as_of)).count

    async def newer(self, *, as_of: str) -> int:
        return (await self._client.audit_count(self.query, as_of=as_of, newer=True)).count

    async def position(self, row: Entry, *, offset: int, was: str, as_of: str) -> int | None:
        """The log only grows at its head, so a row moves down by what has come between the two snapshots."""
        return offset + await self.newer(as_of=was) - await self.newer(as_of=as_of)

    def identity(self, row: Entry) -> str:
        return str(row.seq)

    def instant(self, row: Entry) -> datetime | None:
        return row.at


class LogTable(RecordTable[Entry]):
    """The table of log entries. In a search that is bound to one day, a day back or forth is another search."""

    class OtherDayAsked(Message):
        """The same search on another day."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(COLUMNS, empty_words=_("No entry is found."), id=id)

    def paint(self, index: int, row: Entry, *, is_cursor: bool) -> Strip:
        """A row of its own, or one that belongs to the listening above it and steps back."""
        if not is_continuation(index, self.row_at):
            return super().paint(index, folded(index, self.row_at) or row, is_cursor=is_cursor)
        told = (at_second(row.at), CONTINUED, "", "", part_words(row))
        return self._painter.cells([(words, "muted") for words in told], is_cursor=is_cursor)

    def action_jump(self, span: Span, direction: int) -> None:
        moved = self._other_day(direction) if span == "day" else None
        if moved is None:
            super().action_jump(span, direction)
        else:
            self.post_message(self.OtherDayAsked(moved))

    def why_not(self, command: Command) -> str | None:
        if command.action.startswith("jump('day'") and self._other_day(1) is not None:
            return None
        return super().why_not(command)

    def _other_day(self, direction: int) -> str | None:
        return other_day(self.source.query, direction) if isinstance(self.source, LogSource) else None
