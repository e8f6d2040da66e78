from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import ComposeResult
from textual.widgets import Input, Static

from agent.wire import Capability
from tests.tui.fake_agent import FakeAgent
from tests.tui.screen_text import screen_text
from tests.tui.waiting import until
from tui.app import EarwitnessApp
from tui.commands import Command, is_typed
from tui.screens.shell import ShellScreen

pytestmark = pytest.mark.anyio


class _Screen(ShellScreen):
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(action="look", key="l", words="look", help="Look.", hinted=True),
        Command(
            action="read",
            key="R",
            words="read the log",
            help="Read.",
            hinted=True,
            capability=Capability.AUDIT_READ,
        ),
    )

    def compose_body(self) -> ComposeResult:
        yield Static("words", markup=False)
        yield Input()

    def action_look(self) -> None:
        self.notify("looked")

    def action_read(self) -> None:
        self.notify("read")


async def _hints(*, focus_input: bool) -> str:
    agent = FakeAgent(contacts=1)
    app = EarwitnessApp(agent.client(), signed_in=agent.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.current_mode == "contacts")
        await app.push_screen(_Screen())
        if focus_input:
            app.screen.query_one(Input).focus()
        else:
            app.screen.set_focus(None)
        await pilot.pause()
        return screen_text(app).splitlines()[-1]


async def test_what_is_not_permitted_stays_visible() -> None:
    assert await _hints(focus_input=False) == " l look  R read the log  ? help  ctrl+p all commands"


async def test_keys_that_would_be_typed_are_not_hinted_while_typing() -> None:
    assert await _hints(focus_input=True) == " F1 help  ctrl+p all commands"


@pytest.mark.parametrize(
    ("key", "expected"),
    [("a", True), ("slash", True), ("question_mark", True), ("space", True), ("f1", False), ("up", False)],
)
async def test_which_keys_are_typed(key: str, expected: bool) -> None:
    assert is_typed(key) is expected
