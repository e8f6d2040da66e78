from __future__ import annotations

import asyncio

from tests.tui.fake_agent import FakeAgent
from tui.widgets.quarantine_table import QuarantineSource


def test_a_file_is_found_again_after_one_before_it_went_and_not_when_it_went_itself() -> None:
    async def ask() -> None:
        agent = FakeAgent()
        agent.session("maintenance")
        async with agent.client() as client:
            source = QuarantineSource(client)
            rows = (await source.page(offset=0, limit=100, as_of=None)).items
            agent.retried.append(rows[2].id)
            assert await source.position(rows[5], offset=5, was="0", as_of="0") == 4
            assert await source.position(rows[2], offset=2, was="0", as_of="0") is None

    asyncio.run(ask())
