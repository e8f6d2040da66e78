from __future__ import annotations

import asyncio

from tests.tui.fake_agent import FakeAgent
from tui.widgets.log_table import LogSource


def test_an_entry_moves_down_by_what_has_come_between_two_snapshots() -> None:
    async def ask() -> None:
        agent = FakeAgent()
        agent.session("security")
        async with agent.client() as client:
            source = LogSource(client, "outcome:refused")
            before = await source.page(offset=0, limit=100, as_of=None)
            agent.log(12)
            after = await source.page(offset=0, limit=100, as_of=None)
            agent.log(12)
            row = before.items[5]
            offset = await source.position(row, offset=5, was=before.as_of, as_of=after.as_of)
            assert offset is not None
            assert after.items[offset] == row
            assert source.identity(row) == str(row.seq)

    asyncio.run(ask())
