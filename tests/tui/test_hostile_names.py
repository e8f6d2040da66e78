"""Names that attack: on every screen of this shell, in what is drawn and in what the terminal gets."""

from __future__ import annotations

import pytest

from agent import wire
from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import ATTACK_BYTES, HOSTILE
from tests.tui.screen_text import screen_strips, screen_text
from tests.tui.terminal import Terminal
from tests.tui.waiting import until
from tui.app import EarwitnessApp

SCREENS = {
    "contacts": ([], "> "),
    "preview": (["down", "down", "down"], "> "),
    "filter": (["f"], "other terms"),
    "saved": (["s"], "Saved searches"),
    "help": (["question_mark"], "What can be done"),
    "palette": (["ctrl+p"], "open"),
    "query": (["slash", "x"], "/ "),
}


def _agent() -> FakeAgent:
    agent = FakeAgent(contacts=200, hostile=True)
    agent.searches = {"[red]a[/red]": "[@click=app.quit]x[/]", "\x1b[2J[/nope": "\x9b31m"}
    return agent


@pytest.mark.anyio
@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=["80x24", "160x50"])
@pytest.mark.parametrize("screen", SCREENS)
async def test_no_screen_draws_a_character_that_steers(screen: str, size: tuple[int, int]) -> None:
    keys, there = SCREENS[screen]
    agent = _agent()
    app = EarwitnessApp(agent.client(), signed_in=agent.session())
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: "200 found" in screen_text(app))
        await pilot.press(*keys)
        await until(pilot, lambda: there in screen_text(app))
        app.notify("[@click=app.quit]x[/] \x1b]0;owned\x07")
        await pilot.pause()
        for strip in screen_strips(app):
            for segment in strip:
                assert segment.control or segment.text.isprintable(), repr(segment.text)
                assert "@click" not in (segment.style.meta if segment.style else {})


LOG_SCREENS = {
    "list": ([], "entries"),
    "entry": (["enter"], "leaf"),
    "odd": (["exclamation_mark"], "findings"),
    "remark": (["exclamation_mark", "A"], "found out about it"),
    "state": (["i"], "The state of the log"),
    "hours": (["h"], "the most"),
    "filter": (["f"], "Filter the log"),
    "export": (["E"], "for an auditor"),
}


@pytest.mark.anyio
@pytest.mark.parametrize("screen", LOG_SCREENS)
async def test_no_screen_of_the_log_draws_a_character_that_steers(screen: str) -> None:
    keys, there = LOG_SCREENS[screen]
    agent = FakeAgent(hostile=True)
    agent.odd_found = agent.register.odd()
    witnesses = [wire.WitnessState(name=name, trouble=name) for name in HOSTILE]
    sentry = wire.SentryState(seeing="nothing", trouble=HOSTILE[0])
    agent.state = agent.state.model_copy(
        update={"can_log": False, "trouble": list(HOSTILE), "witnesses": witnesses, "sentry": sentry}
    )
    app = EarwitnessApp(agent.client(), signed_in=agent.session("security"))
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        await until(pilot, lambda: "cannot log" in screen_text(app) and "1 of 4,000" in screen_text(app))
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.1)
        await until(pilot, lambda: there in screen_text(app))
        for strip in screen_strips(app):
            for segment in strip:
                assert segment.control or segment.text.isprintable(), repr(segment.text)
                assert "@click" not in (segment.style.meta if segment.style else {})
        assert not any(attack in screen_text(app).encode() for attack in ATTACK_BYTES)


@pytest.mark.anyio
async def test_markup_in_names_is_shown_as_it_stands() -> None:
    agent = _agent()
    app = EarwitnessApp(agent.client(), signed_in=agent.session())
    async with app.run_test(size=(200, 50)) as pilot:
        await until(pilot, lambda: "200 found" in screen_text(app))
        shown = screen_text(app)
        assert "[red]bold[/red].wav" in shown
        assert "[@click=app.quit]click" in shown
        assert "[/nope" in shown
        await pilot.press("s")
        await until(pilot, lambda: "[red]a[/red]   [@click=app.quit]x[/]" in screen_text(app))
        await pilot.press("down", "X")
        await until(pilot, lambda: len(agent.searches) == 1)


@pytest.mark.terminal
def test_no_byte_of_an_attack_reaches_the_terminal() -> None:
    with Terminal("tests.tui.hostile_program", columns=80, lines=24) as terminal:
        terminal.wait_for("200 found")
        terminal.send("jjj")
        terminal.wait_for("4 of 200")
        for key, title in (("s", "Saved searches"), ("?", "What can be done")):
            terminal.send(key)
            terminal.wait_for(title)
            terminal.send("\x1b")
            terminal.wait_until_gone(title)
        terminal.send("\x11")
        assert terminal.wait() == 0
        received = terminal.received
    assert b"[red]" in received
    assert [attack for attack in ATTACK_BYTES if attack in received] == []
