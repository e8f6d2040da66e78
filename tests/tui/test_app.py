from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from agent.errors import CannotLog, NotSignedIn
from tests.tui.fake_agent import PASSWORD, FakeAgent
from tests.tui.screen_text import screen_strips, screen_text
from tests.tui.waiting import until
from tui.app import EarwitnessApp
from tui.screens.contacts import ContactsScreen
from tui.screens.help import HelpScreen
from tui.screens.sign_in import SignInScreen
from tui.theme import CONSOLE, DARK, LIGHT

pytestmark = pytest.mark.anyio
SIZE = (80, 24)
NUMBER = "+46701740605"


def _app(agent: FakeAgent, user: str = "anna.berg") -> EarwitnessApp:
    return EarwitnessApp(agent.client(), signed_in=agent.session(user))


async def _toast(pilot: Pilot[int], words: str) -> None:
    await until(pilot, lambda: words in " ".join(screen_text(pilot.app).split()))


async def test_contacts_come_first_where_they_are_permitted() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))


@pytest.mark.parametrize(("user", "place"), [("security", "log"), ("dpo", "log"), ("maintenance", "contacts")])
async def test_the_first_screen_is_the_first_that_the_role_permits(user: str, place: str) -> None:
    app = _app(FakeAgent(contacts=10), user)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.current_mode == place)


async def test_a_role_without_any_screen_is_told_so() -> None:
    agent = FakeAgent(contacts=10)
    agent.accounts["nobody"] = []
    app = _app(agent, "nobody")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "Your role permits none" in screen_text(app))


async def test_a_key_that_is_not_permitted_says_why() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("2")
        await _toast(pilot, "Your role does not permit this (audit.read).")
        assert app.current_mode == "contacts"


async def _raise(error: Exception) -> None:
    raise error


async def test_an_error_of_the_agent_in_a_worker_is_said() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        app.screen.query_one("#found").run_worker(_raise(CannotLog(why="disk full")))
        await _toast(pilot, "The access log cannot be written")


async def test_a_mistake_in_a_worker_is_said_with_an_incident_and_the_program_goes_on(tmp_path: Path) -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        app.screen.run_worker(_raise(ValueError(NUMBER)))
        await _toast(pilot, "Something failed in this program, incident")
        assert NUMBER not in screen_text(app)
        assert app.is_running
    records = list((tmp_path / "state" / "earwitness").iterdir())
    assert len(records) == 1
    assert NUMBER not in records[0].read_text("utf-8")


async def test_a_crash_leaves_one_line_with_an_incident_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = FakeAgent(contacts=10)
    app = EarwitnessApp(agent.client(), signed_in=agent.session())

    def fail() -> None:
        raise ValueError(NUMBER)

    async def run() -> None:
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
            app.call_later(fail)
            await until(pilot, lambda: app.return_code == 1)

    with pytest.raises(ValueError, match=r"\+46"):
        await run()
    printed = capsys.readouterr()
    assert NUMBER not in printed.out + printed.err
    assert "Traceback" not in printed.out + printed.err
    assert printed.err.count("\n") == 1
    (record,) = (tmp_path / "state" / "earwitness").iterdir()
    assert record.stem.removeprefix("crash-") in printed.err


async def test_the_loss_of_the_connection_and_its_return_are_said() -> None:
    agent = FakeAgent(contacts=10)
    app = _app(agent)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: agent.is_listened_to)
        agent.lose()
        await _toast(pilot, "Connection lost. What is shown may be out of date.")
        assert "✗ connection lost" in screen_text(app).splitlines()[0]
        agent.find()
        await _toast(pilot, "Connected again.")
        assert "● connected" in screen_text(app).splitlines()[0]


async def test_a_session_that_ended_leads_to_the_sign_in_and_leaves_nothing_behind() -> None:
    agent = FakeAgent(contacts=10)
    app = _app(agent)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        app.tell(NotSignedIn())
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await until(pilot, lambda: "your session has ended" in " ".join(screen_text(app).split()))
        assert "contacts" not in app._screen_stacks


async def test_another_person_can_sign_in_after_signing_out() -> None:
    agent = FakeAgent(contacts=10)
    app = _app(agent)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        app.screen.query_one("#user", Input).value = "maintenance"
        app.screen.query_one("#password", Input).value = PASSWORD
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await until(pilot, lambda: "maintenance" in screen_text(app).splitlines()[0])


async def test_themes_are_changed_by_a_key() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE) as pilot:
        assert app.theme == DARK.name
        await pilot.press("ctrl+t")
        assert app.theme == LIGHT.name


async def test_a_bare_console_gets_its_own_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    assert _app(FakeAgent()).theme == CONSOLE.name


async def test_the_palette_has_our_commands_and_no_screenshot() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=(80, 60)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "saved" in screen_text(app))
        await until(pilot, lambda: "quit" in screen_text(app))
        assert "creenshot" not in screen_text(app)
        await pilot.press(*"order", "enter")
        await until(pilot, lambda: "Order of the list" in screen_text(app))


async def test_the_palette_says_why_something_is_not_possible() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("ctrl+p", *"Log")
        await until(pilot, lambda: "(audit.read)" in screen_text(app))


async def test_help_explains_the_keys_and_closes_again() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=(80, 60)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: "What a search may say" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))


async def test_help_comes_from_inside_the_search_line_too() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("slash", "f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


async def test_words_of_a_notification_are_never_markup() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        app.notify("[red]a[/red] [/nope \x1b[2J")
        await until(pilot, lambda: "[red]a[/red] [/nope \ufffd[2J" in screen_text(app))
        app.screen.notify("[@click=app.quit]x[/]")
        await until(pilot, lambda: "[@click=app.quit]x[/]" in screen_text(app))


async def test_quitting_ends_the_session_that_was_begun_here() -> None:
    agent = FakeAgent(contacts=10)
    app = EarwitnessApp(agent.client())
    async with app.run_test(size=SIZE) as pilot:
        await app.live.sign_in("manager", PASSWORD)
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: "DELETE /session" in agent.asked)


async def test_quitting_leaves_the_session_of_a_login_alone() -> None:
    agent = FakeAgent(contacts=10)
    app = _app(agent)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_code == 0)
    assert "DELETE /session" not in agent.asked


async def test_a_person_without_a_screen_can_sign_in_as_somebody_else() -> None:
    agent = FakeAgent(contacts=10)
    agent.accounts["nobody"] = []
    app = EarwitnessApp(agent.client())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        for user in ("nobody", "manager"):
            app.screen.query_one("#user", Input).value = user
            app.screen.query_one("#password", Input).value = PASSWORD
            app.screen.query_one("#password", Input).focus()
            await pilot.press("enter")
            await until(pilot, lambda: "Your role permits none" in screen_text(app) or app.current_mode == "contacts")
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))


async def test_without_colours_none_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await until(pilot, lambda: "10 found" in screen_text(app))
        styles = [segment.style for strip in screen_strips(app) for segment in strip if segment.style]
        colours = {colour for style in styles for colour in (style.color, style.bgcolor) if colour}
        assert {colour.name for colour in colours} <= {"default"}
        assert any(style.reverse for style in styles)


async def test_a_text_inputs_cursor_does_not_blink() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, Input))
        assert isinstance(app.focused, Input)
        await until(pilot, lambda: isinstance(app.focused, Input) and not app.focused.cursor_blink)


async def test_ctrl_c_says_how_to_leave() -> None:
    app = _app(FakeAgent(contacts=10))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        await pilot.press("ctrl+c")
        await _toast(pilot, "ctrl+q ends the program.")
