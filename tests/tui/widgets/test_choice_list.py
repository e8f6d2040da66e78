from __future__ import annotations

import pytest
from textual.app import ComposeResult
from textual.widgets.option_list import Option

from tests.tui.fake_agent import FakeAgent
from tests.tui.waiting import until
from tui.app import EarwitnessApp
from tui.screens.shell import ShellScreen
from tui.widgets.choice_list import ChoiceList

pytestmark = pytest.mark.anyio


class _Screen(ShellScreen):
    def compose_body(self) -> ComposeResult:
        yield ChoiceList(Option("first"), Option("second"), markup=False)


@pytest.mark.parametrize("console", [False, True])
async def test_the_selected_choice_is_marked_without_colour(console: bool) -> None:
    agent = FakeAgent(contacts=1)
    app = EarwitnessApp(agent.client(), signed_in=agent.session(), console=console)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.current_mode == "contacts")
        await app.push_screen(_Screen())
        choices = app.screen.query_one(ChoiceList)
        choices.focus()
        await pilot.press("down")
        choices.highlighted = 1
        await pilot.pause()
        first, second = choices.render_line(0), choices.render_line(1)
        assert first.text.startswith("  first")
        assert second.text.startswith("> second")
        assert second.cell_length == first.cell_length
        assert all(bool(segment.style and segment.style.reverse) is console for segment in second)
