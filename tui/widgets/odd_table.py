"""The table of what is odd: its columns, and where its rows come from."""

from __future__ import annotations

from agent import wire
from agent.client import Client
from agent.wire import Odd
from tui.text import _
from tui.widgets.columns import Column
from tui.widgets.contact_words import at_minute
from tui.widgets.odd_words import acknowledged_words, is_first, odd_rule, odd_sentence, odd_tone
from tui.widgets.record_source import RecordSource
from tui.widgets.record_table import RecordTable


def _mark(odd: Odd) -> str:
    return "!" if odd.acknowledged is None else "·"


COLUMNS: tuple[Column[Odd], ...] = (
    Column(label="", width=1, words=_mark, tone=odd_tone),
    Column(label=_("time"), width=16, words=lambda odd: at_minute(odd.at)),
    Column(label=_("rule"), width=20, most=22, words=odd_rule, tone=odd_tone),
    Column(
        label=_("what is odd"),
        width=37,
        most=100,
        words=lambda odd: acknowledged_words(odd) or odd_sentence(odd),
        tone=lambda odd: "muted" if odd.acknowledged else "",
    ),
)
"""They fill 79 cells: a line of 80 and its scroll bar."""


class OddSource(RecordSource[Odd]):
    """All of it at once: what happened past the agent or against it first, then the newest, then what is done with."""

    def __init__(self, client: Client, *, with_acknowledged: bool) -> None:
        self._client = client
        self.with_acknowledged = with_acknowledged
        self._rows: list[Odd] = []

    async def page(self, *, offset: int, limit: int, as_of: str | None) -> wire.Page[Odd]:
        if as_of is None:
            self._rows = in_order(await self._client.odd(acknowledged=self.with_acknowledged))
        return wire.Page[Odd](items=self._rows[offset : offset + limit], as_of=as_of or str(len(self._rows)))

    async def count(self, *, as_of: str) -> int:
        return len(self._rows)

    async def newer(self, *, as_of: str) -> int:
        known = {odd.id for odd in self._rows}
        return sum(odd.id not in known for odd in await self._client.odd(acknowledged=self.with_acknowledged))

    async def position(self, row: Odd, *, offset: int, was: str, as_of: str) -> int | None:
        return next((index for index, odd in enumerate(self._rows) if odd.id == row.id), None)

    def identity(self, row: Odd) -> str:
        return row.id


def in_order(found: list[Odd]) -> list[Odd]:
    newest_first = sorted(found, key=lambda odd: odd.at, reverse=True)
    return sorted(newest_first, key=lambda odd: (odd.acknowledged is not None, not is_first(odd)))


class OddTable(RecordTable[Odd]):
    """The table of what is odd."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(COLUMNS, empty_words=_("Nothing odd. a shows what was acknowledged."), id=id)
