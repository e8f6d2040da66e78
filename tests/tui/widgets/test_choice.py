from __future__ import annotations

import pytest
from textual.app import ComposeResult

from tests.tui.fake_agent import FakeAgent
from tests.tui.screen_text import screen_text
from tests.tui.waiting import until
from tui.app import EarwitnessApp
from tui.screens.shell import ShellScreen
from tui.widgets.choice import Choice

pytestmark = pytest.mark.anyio


class _Screen(ShellScreen):
    def compose_body(self) -> ComposeResult:
        yield Choice({"": "either", "in": "in", "out": "out"}, chosen="nonsense")


async def test_arrows_choose_round_and_round_and_brackets_mark_the_choice() -> None:
    agent = FakeAgent(contacts=1)
    app = EarwitnessApp(agent.client(), signed_in=agent.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.current_mode == "contacts")
        await app.push_screen(_Screen())
        choice = app.screen.query_one(Choice)
        choice.focus()
        assert choice.chosen == ""
        await pilot.press("right")
        assert choice.chosen == "in"
        assert "[in]" in screen_text(app)
        await pilot.press("space", "right", "left")
        assert choice.chosen == "out"
