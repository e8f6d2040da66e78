"""The table of files that could not be taken in: its columns, and where its rows come from."""

from __future__ import annotations

from datetime import datetime

from rich.cells import cell_len

from agent import wire
from agent.client import Client
from agent.wire import PAGE_LIMIT, QuarantineItem
from tui.text import _
from tui.widgets.columns import Column
from tui.widgets.contact_words import at_minute
from tui.widgets.intake_words import KEPT_WORDS, kept_words, reason_word, size_words
from tui.widgets.record_source import RecordSource
from tui.widgets.record_table import RecordTable

KEPT_CELLS = max(map(cell_len, KEPT_WORDS))
"""As the language needs it; the file's name has the rest."""

COLUMNS: tuple[Column[QuarantineItem], ...] = (
    Column(label=_("since"), width=16, words=lambda item: at_minute(item.at)),
    Column(label=_("source"), width=6, most=16, words=lambda item: item.source),
    Column(label=_("file"), width=20 - KEPT_CELLS, most=40, words=lambda item: item.source_name),
    Column(
        label=_("why"), width=17, most=24, words=lambda item: reason_word(item.reason), tone=lambda _item: "warning"
    ),
    Column(label=_("size"), width=8, align="right", words=lambda item: size_words(item.size_bytes)),
    Column(label=_("kept"), width=KEPT_CELLS, most=14, words=kept_words),
)
"""They fill 79 cells: a line of 80 and its scroll bar."""


class QuarantineSource(RecordSource[QuarantineItem]):
    """What lies in quarantine, newest first."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def page(self, *, offset: int, limit: int, as_of: str | None) -> wire.Page[QuarantineItem]:
        return await self._client.quarantine(offset=offset, limit=limit, as_of=as_of)

    async def count(self, *, as_of: str) -> int:
        return (await self._client.intake()).quarantined

    async def position(self, row: QuarantineItem, *, offset: int, was: str, as_of: str) -> int | None:
        """Found among the rows around its former place: a retry takes one row away, new ones come by few."""
        first = max(0, offset - PAGE_LIMIT // 2)
        page = await self._client.quarantine(offset=first, limit=PAGE_LIMIT, as_of=as_of)
        ids = [item.id for item in page.items]
        return first + ids.index(row.id) if row.id in ids else None

    def identity(self, row: QuarantineItem) -> str:
        return row.id

    def instant(self, row: QuarantineItem) -> datetime | None:
        return row.at


class QuarantineTable(RecordTable[QuarantineItem]):
    """The table of quarantined files."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(COLUMNS, empty_words=_("Nothing lies in quarantine: every file was taken in."), id=id)
