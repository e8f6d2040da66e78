from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from agent.errors import AccountLocked
from agent.wire import Role
from tests.tui.fake_agent import PASSWORD, FakeAgent
from tests.tui.screen_text import assert_golden, screen_text
from tests.tui.waiting import until
from tui.app import EarwitnessApp
from tui.screens.contacts import ContactsScreen
from tui.screens.sign_in import SignInScreen

pytestmark = pytest.mark.anyio

DEMO = {role.value: {"user": role.value, "password": PASSWORD} for role in Role}


@asynccontextmanager
async def sign_in(
    agent: FakeAgent, *, demo: bool = False, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[EarwitnessApp, Pilot[int]]]:
    app = EarwitnessApp(agent.client(), demo_accounts=DEMO if demo else None)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen) and app.focused is not None)
        yield app, pilot


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
@pytest.mark.parametrize("demo", [False, True], ids=["plain", "demo"])
async def test_picture(size: tuple[int, int], demo: bool) -> None:
    async with sign_in(FakeAgent(), demo=demo, size=size) as (app, _pilot):
        assert_golden(app, f"sign-in-{'demo' if demo else 'plain'}-{size[0]}x{size[1]}")


async def test_user_and_password_lead_to_the_first_screen() -> None:
    async with sign_in(FakeAgent(contacts=10)) as (app, pilot):
        await pilot.press(*"manager", "tab")
        app.screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))


async def test_a_wrong_password_is_said_and_taken_away() -> None:
    async with sign_in(FakeAgent()) as (app, pilot):
        await pilot.press(*"manager", "tab", *"wrong", "enter")
        await until(pilot, lambda: "The user name or the password is wrong." in screen_text(app))
        assert app.screen.query_one("#password", Input).value == ""
        assert app.focused is app.screen.query_one("#password")


async def test_the_password_is_never_on_the_screen() -> None:
    async with sign_in(FakeAgent()) as (app, pilot):
        await pilot.press(*"manager", "tab", *"secret")
        assert "secret" not in screen_text(app)


async def test_a_locked_account_is_said() -> None:
    agent = FakeAgent()
    agent.fail("/session", AccountLocked(minutes="15"))
    async with sign_in(agent) as (app, pilot):
        await pilot.press(*"manager", "tab", *"wrong", "enter")
        await until(pilot, lambda: "Wait 15 minutes" in screen_text(app))


async def test_an_agent_that_does_not_answer_is_said() -> None:
    agent = FakeAgent()
    agent.lose()
    async with sign_in(agent) as (app, pilot):
        await pilot.press(*"manager", "tab", *"wrong", "enter")
        await until(pilot, lambda: "The agent does not answer" in screen_text(app))


async def test_enter_goes_to_the_field_that_is_still_empty() -> None:
    async with sign_in(FakeAgent()) as (app, pilot):
        await pilot.press("enter")
        assert app.focused is app.screen.query_one("#user")
        await pilot.press(*"manager", "enter")
        assert app.focused is app.screen.query_one("#password")


async def test_in_the_demo_an_arrow_and_enter_are_enough() -> None:
    async with sign_in(FakeAgent(contacts=10), demo=True) as (app, pilot):
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        assert app.live.me is not None
        assert app.live.me.roles == [Role.MANAGER]


async def test_a_burst_of_keys_puts_no_letter_of_the_password_into_the_user_name() -> None:
    async with sign_in(FakeAgent()) as (app, pilot):
        user, password = app.screen.query_one("#user", Input), app.screen.query_one("#password", Input)
        await until(pilot, lambda: user.has_focus)
        for key in ("a", "n", "n", "a", "tab", "s", "e", "c", "r", "e", "t"):
            user._forward_event(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: password.value == "secret")
        assert user.value == "anna"
