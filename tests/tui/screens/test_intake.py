from __future__ import annotations

from typing import Any

import pytest

from agent.errors import Conflict, NotPermitted
from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import ATTACK_BYTES
from tests.tui.screen_text import assert_golden
from tests.tui.screens.place_scene import Scene, on_place
from tui.screens.intake import IntakeScreen
from tui.screens.retry import AskRetry
from tui.theme import CONSOLE_GLYPHS


def on_intake(body: Any, **how: Any) -> None:
    async def loaded(scene: Scene) -> None:
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen) and scene.screen.table.count)
        await scene.until_text("Quarantine: ")
        await body(scene)

    on_place("3", loaded, **({"user": "maintenance"} | how))


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_intake_looks_like_this(size: tuple[int, int], console: bool) -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("1 of 12", "watching", "q0000")
        assert_golden(scene.app, f"intake-{size[0]}x{size[1]}" + ("-console" if console else ""))
        if console:
            assert {glyph for glyph in scene.text if not glyph.isascii()} <= CONSOLE_GLYPHS

    on_intake(body, size=size, console=console)


def test_a_pause_is_said_first_and_in_plain_words() -> None:
    agent = FakeAgent()
    make = agent.register.intake
    agent.register.intake = lambda count: make(count).model_copy(  # type: ignore[method-assign]  # its one answer
        update={"paused": "No space left on device"}
    )

    async def body(scene: Scene) -> None:
        await scene.until_text("! Paused, nothing is taken in: No space left on device")

    on_intake(body, agent=agent)


def test_an_event_brings_the_present_state() -> None:
    async def body(scene: Scene) -> None:
        scene.agent.quarantine_size = 13
        scene.agent.happen("intake")
        await scene.until_text("Quarantine: 13 files")
        await scene.until(lambda: scene.screen.table.count == 13)

    on_intake(body)


def test_a_retry_is_asked_about_with_its_id_and_then_done() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "R")
        await scene.until_text("Take q0001 in once more?", "broken-1.wav", "It is empty.")
        assert_golden(scene.app, "retry-80x24")
        await scene.press("enter")
        await scene.until_text("q0001 is read once more")
        assert scene.agent.retried == ["q0001"]

    on_intake(body)


def test_esc_leaves_the_file_where_it_is() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("R")
        await scene.until(lambda: isinstance(scene.screen, AskRetry))
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen))
        assert scene.agent.retried == []

    on_intake(body)


def test_a_file_that_still_is_no_recording_is_said() -> None:
    async def body(scene: Scene) -> None:
        scene.agent.fail("/quarantine/q0000/retry", Conflict(what="the file is still no recording (not-audio)"))
        await scene.press("R")
        await scene.until(lambda: isinstance(scene.screen, AskRetry))
        await scene.press("enter")
        await scene.until_text("This is not possible now")

    on_intake(body)


def test_the_selected_file_is_shown_in_full() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "j")
        await scene.until_text("q0002  broken-2.wav: It is no plain file", "in spool")

    on_intake(body, size=(120, 40))


def test_a_refusal_is_said_in_place_of_the_state() -> None:
    agent = FakeAgent()
    agent.fail("/intake", NotPermitted(capability="intake.read"))

    async def body(scene: Scene) -> None:
        await scene.until_text("! Not known: Your role does not permit this (intake.read)")

    on_place("3", body, user="maintenance", agent=agent)


def test_hostile_names_stay_harmless() -> None:
    async def body(scene: Scene) -> None:
        for _row in range(8):
            await scene.press("j", "R")
            await scene.until(lambda: isinstance(scene.screen, AskRetry))
            assert not any(attack in scene.text.encode() for attack in ATTACK_BYTES)
            await scene.press("escape")
        assert "[red]bold[/red].wav" in scene.text

    on_intake(body, agent=FakeAgent(hostile=True), size=(120, 40))
