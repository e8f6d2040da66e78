from __future__ import annotations

import pytest

from agent.errors import CannotLog, NotPermitted
from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import ATTACK_BYTES, HOSTILE
from tests.tui.screen_text import assert_golden
from tests.tui.screens.log_scene import agent_with_odd, on_log
from tests.tui.screens.place_scene import Scene
from tui.screens.log import LogScreen
from tui.screens.odd import OddScreen
from tui.screens.remark import AskRemark
from tui.theme import CONSOLE_GLYPHS
from tui.widgets import log_state
from tui.widgets.list_state import ListState


async def open_odd(scene: Scene) -> None:
    await scene.press("exclamation_mark")
    await scene.until(lambda: isinstance(scene.screen, OddScreen))
    await scene.until(lambda: scene.screen.table.state is not ListState.LOADING)
    await scene.pilot.pause()


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_what_is_odd_looks_like_this(size: tuple[int, int], console: bool) -> None:
    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.until_text("8 findings", "1 of 8", "! 8 odd findings")
        assert_golden(scene.app, f"odd-{size[0]}x{size[1]}" + ("-console" if console else ""))
        if console:
            assert {glyph for glyph in scene.text if not glyph.isascii()} <= CONSOLE_GLYPHS

    on_log(body, size=size, console=console, agent=agent_with_odd())


def test_what_happened_past_the_agent_or_against_it_comes_first() -> None:
    async def body(scene: Scene) -> None:
        await open_odd(scene)
        rules = [scene.screen.table.row_at(index).rule for index in range(4)]
        assert rules == ["refused-in-a-row", "direct-open", "sentry-gap", "much-listening"]

    on_log(body, agent=agent_with_odd())


def test_enter_shows_the_entries_and_esc_leads_back() -> None:
    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.press("j", "enter")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))
        assert scene.screen.line.query_text == "action:file.open"
        await open_odd(scene)
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))
        assert scene.screen.line.query_text == "action:file.open"

    on_log(body, agent=agent_with_odd())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_finding_is_acknowledged_with_a_remark(size: tuple[int, int]) -> None:
    agent = agent_with_odd()

    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.press("A")
        await scene.until(lambda: isinstance(scene.screen, AskRemark))
        assert_golden(scene.app, f"odd-remark-{size[0]}x{size[1]}")
        await scene.press(*"asked", "enter")
        await scene.until_text("Acknowledged. It stands in the log", "7 findings")
        done = agent.odd_found[1].acknowledged
        assert done is not None
        assert (done.by, done.remark) == ("security", "asked")

    on_log(body, size=size, agent=agent)


def test_a_remark_is_required_and_esc_acknowledges_nothing() -> None:
    agent = agent_with_odd()

    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.press("A")
        await scene.until(lambda: isinstance(scene.screen, AskRemark))
        await scene.press("space", "enter")
        await scene.until_text("Say in a few words what was found out.")
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, OddScreen))
        assert scene.asked("acknowledge") == []

    on_log(body, agent=agent)


def test_what_was_acknowledged_can_be_seen_with_who_when_and_remark() -> None:
    agent = agent_with_odd()

    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.press("A")
        await scene.until(lambda: isinstance(scene.screen, AskRemark))
        await scene.press(*"asked", "enter")
        await scene.until(lambda: isinstance(scene.screen, OddScreen) and scene.screen.table.count == 7)
        await scene.press("a")
        await scene.until_text("8 findings")
        await scene.press("G")
        await scene.until_text("acknowledged 2026-11-23 14:05 by security: asked", "was refused 7 times")
        await scene.press("A")
        await scene.until_text("It was acknowledged already, by security.")
        await scene.press("a")
        await scene.until_text("7 findings")

    on_log(body, size=(120, 40), agent=agent)


def test_a_refused_acknowledgement_is_said_and_changes_nothing() -> None:
    agent = agent_with_odd()
    agent.fail("/audit/odd/", CannotLog(why="disk full"))

    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.press("A")
        await scene.until(lambda: isinstance(scene.screen, AskRemark))
        await scene.press(*"asked", "enter")
        await scene.until_text("The access log cannot be written")
        assert scene.screen.table.count == 8

    on_log(body, size=(120, 40), agent=agent)


def test_new_findings_are_counted_and_the_list_does_not_move(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_state, "SETTLE_S", 0.01)
    agent = agent_with_odd()
    new = agent.odd_found.pop(1)

    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.until_text("! 7 odd findings")
        agent.odd_found.insert(0, new)
        agent.happen("audit")
        await scene.until_text("1 new, press r", "7 findings")
        await scene.press("r")
        await scene.until_text("8 findings")

    on_log(body, agent=agent)


def test_nothing_odd_is_a_state_of_its_own() -> None:
    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.until_text("Nothing odd. a shows what was acknowledged.")
        await scene.press("A")
        await scene.until_text("Nothing odd is selected.")

    on_log(body)


def test_a_refusal_stands_in_place_of_the_list() -> None:
    agent = FakeAgent()
    agent.fail("/audit/odd", NotPermitted(capability="audit.read"))

    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.until_text("Refused: Your role does not permit this (audit.read)")

    on_log(body, agent=agent)


def test_a_failure_is_said_and_r_tries_again() -> None:
    agent = agent_with_odd()
    agent.fail("/audit/odd", CannotLog(why="disk full"))

    async def body(scene: Scene) -> None:
        await open_odd(scene)
        await scene.until_text("Failed:", "disk full")
        agent.mend()
        await scene.press("r")
        await scene.until_text("8 findings")

    on_log(body, agent=agent)


@pytest.mark.parametrize("attack", range(len(HOSTILE)))
def test_hostile_names_and_remarks_stay_harmless(attack: int) -> None:
    agent = FakeAgent(hostile=True)
    agent.odd_found = agent.register.odd()
    agent.odd_found[0] = agent.odd_found[0].model_copy(
        update={"rule": HOSTILE[attack], "account": HOSTILE[attack], "measured": {HOSTILE[attack]: HOSTILE[attack]}}
    )

    async def body(scene: Scene) -> None:
        await open_odd(scene)
        for _row in range(8):
            shown = scene.text.encode()
            assert not any(one in shown for one in ATTACK_BYTES)
            await scene.press("A")
            await scene.until(lambda: isinstance(scene.screen, AskRemark))
            assert not any(one in scene.text.encode() for one in ATTACK_BYTES)
            await scene.press("escape", "j")
        await scene.press("A")
        await scene.until(lambda: isinstance(scene.screen, AskRemark))
        scene.screen.query_one("Input").value = HOSTILE[attack]
        await scene.press("enter")
        await scene.until(lambda: isinstance(scene.screen, OddScreen) and scene.screen.table.count == 7)
        await scene.press("a", "G")
        await scene.until_text("8 findings")
        assert not any(one in scene.text.encode() for one in ATTACK_BYTES)

    on_log(body, agent=agent, size=(120, 40))
