"""Ask for the parts of a list on behalf of a table, and tell it what came.

It owns the workers and their generation: a reply to an earlier question is dropped. It touches no widget:
what comes is posted to the table as a message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from textual.message import Message
from textual.widget import Widget
from textual.worker import Worker

from agent.errors import EarwitnessError
from tui.widgets.pages import PAGE_ROWS, Pages
from tui.widgets.record_source import RecordSource
from tui.widgets.time_jump import index_at

Row = TypeVar("Row")
MessageRow = TypeVar("MessageRow")


@dataclass
class Snapshot(Generic[Row]):
    """One list as it was at one moment."""

    source: RecordSource[Row]
    as_of: str
    count: int
    """Rows known to be there; fewer than there are until they have been counted."""
    pages: Pages[Row] = field(default_factory=Pages)
    failed: dict[int, EarwitnessError] = field(default_factory=dict)
    """Pages that could not be read, and why."""


@dataclass(frozen=True)
class Anchor(Generic[Row]):
    """The row that the cursor shall stay on when a list is asked for again."""

    row: Row
    offset: int
    as_of: str


class ListReader(Generic[Row]):
    """The questions of one table.

    Args:
        table: Where the messages go; the workers end with it.
    """

    class Opened(Message, Generic[MessageRow], bubble=False):
        """The first rows are here; `position` is where the anchor stands now, None when it is gone."""

        def __init__(
            self, generation: int, snapshot: Snapshot[MessageRow], *, was_anchored: bool, position: int | None
        ) -> None:
            super().__init__()
            self.generation, self.snapshot = generation, snapshot
            self.was_anchored, self.position = was_anchored, position

    class OpenFailed(Message, bubble=False):
        """The list could not be read at all."""

        def __init__(self, generation: int, error: EarwitnessError) -> None:
            super().__init__()
            self.generation, self.error = generation, error

    class PageArrived(Message, Generic[MessageRow], bubble=False):
        """A page is here, or is known not to come."""

        def __init__(self, generation: int, number: int, rows: list[MessageRow] | EarwitnessError) -> None:
            super().__init__()
            self.generation, self.number, self.rows = generation, number, rows

    class CountArrived(Message, bubble=False):
        """The rows have been counted."""

        def __init__(self, generation: int, count: int) -> None:
            super().__init__()
            self.generation, self.count = generation, count

    class NewerArrived(Message, bubble=False):
        """The rows that have come since have been counted."""

        def __init__(self, generation: int, newer: int) -> None:
            super().__init__()
            self.generation, self.newer = generation, newer

    class JumpArrived(Message, bubble=False):
        """The row at another moment has been found."""

        def __init__(self, generation: int, index: int) -> None:
            super().__init__()
            self.generation, self.index = generation, index

    def __init__(self, table: Widget) -> None:
        self._table = table
        self._fetching: dict[int, Worker[None]] = {}
        self.generation = 0

    def open(self, source: RecordSource[Row], anchor: Anchor[Row] | None) -> None:
        """Ask for a list from its beginning, or around the anchor."""
        self.generation += 1
        self._keep_fetching(range(0))
        work = (
            self._open(self.generation, source) if anchor is None else self._open_again(self.generation, source, anchor)
        )
        self._table.run_worker(work, name="open list", group="open", exclusive=True)

    def fetch(self, snapshot: Snapshot[Row], numbers: range) -> None:
        """Ask for the pages that are not here yet, and for no other page any longer."""
        self._keep_fetching(numbers)
        for number in numbers:
            if number in snapshot.pages or number in self._fetching or number in snapshot.failed:
                continue
            work = self._fetch(self.generation, snapshot, number)
            self._fetching[number] = self._table.run_worker(work, name="fetch page", group="pages")

    def count_newer(self, snapshot: Snapshot[Row]) -> None:
        work = self._count_newer(self.generation, snapshot)
        self._table.run_worker(work, name="count newer rows", group="newer", exclusive=True)

    def find(self, snapshot: Snapshot[Row], start: int, target: datetime) -> None:
        """Look for the row at a moment, starting at a row."""
        work = self._find(self.generation, snapshot, start, target)
        self._table.run_worker(work, name="jump in time", group="jump", exclusive=True)

    def arrived(self, number: int) -> None:
        self._fetching.pop(number, None)

    def _keep_fetching(self, numbers: range) -> None:
        for number in [number for number in self._fetching if number not in numbers]:
            self._fetching.pop(number).cancel()

    # --- workers
    # -----------------------------------------------------------------------------------------------------

    async def _open(self, generation: int, source: RecordSource[Row]) -> None:
        try:
            snapshot = await self._first_page(source)
            self._table.post_message(self.Opened(generation, snapshot, was_anchored=False, position=None))
            count = await source.count(as_of=snapshot.as_of)
        except EarwitnessError as error:
            self._table.post_message(self.OpenFailed(generation, error))
        else:
            self._table.post_message(self.CountArrived(generation, count))

    async def _open_again(self, generation: int, source: RecordSource[Row], anchor: Anchor[Row]) -> None:
        try:
            snapshot = await self._first_page(source)
            position = await source.position(anchor.row, offset=anchor.offset, was=anchor.as_of, as_of=snapshot.as_of)
            snapshot.count = await source.count(as_of=snapshot.as_of)
            around = min(anchor.offset if position is None else position, max(0, snapshot.count - 1))
            if snapshot.pages.number_of(around) not in snapshot.pages:
                await self._put_page(snapshot, snapshot.pages.number_of(around))
        except EarwitnessError as error:
            self._table.post_message(self.OpenFailed(generation, error))
        else:
            self._table.post_message(self.Opened(generation, snapshot, was_anchored=True, position=position))

    async def _first_page(self, source: RecordSource[Row]) -> Snapshot[Row]:
        page = await source.page(offset=0, limit=PAGE_ROWS, as_of=None)
        snapshot = Snapshot(source, page.as_of, len(page.items))
        snapshot.pages.put(0, page.items)
        return snapshot

    async def _put_page(self, snapshot: Snapshot[Row], number: int) -> list[Row]:
        page = await snapshot.source.page(offset=number * PAGE_ROWS, limit=PAGE_ROWS, as_of=snapshot.as_of)
        snapshot.pages.put(number, page.items)
        return page.items

    async def _fetch(self, generation: int, snapshot: Snapshot[Row], number: int) -> None:
        try:
            rows: list[Row] | EarwitnessError = await self._put_page(snapshot, number)
        except EarwitnessError as error:
            rows = error
        self._table.post_message(self.PageArrived(generation, number, rows))

    async def _count_newer(self, generation: int, snapshot: Snapshot[Row]) -> None:
        newer = await snapshot.source.newer(as_of=snapshot.as_of)
        self._table.post_message(self.NewerArrived(generation, newer))

    async def _find(self, generation: int, snapshot: Snapshot[Row], start: int, target: datetime) -> None:
        async def instant_at(index: int) -> datetime | None:
            row = snapshot.pages.row(index)
            if row is None:
                page = await snapshot.source.page(offset=index, limit=1, as_of=snapshot.as_of)
                row = page.items[0] if page.items else None
            return None if row is None else snapshot.source.instant(row)

        index = await index_at(target, start=start, count=snapshot.count, instant_at=instant_at)
        self._table.post_message(self.JumpArrived(generation, index))
