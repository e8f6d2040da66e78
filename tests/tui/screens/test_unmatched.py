from __future__ import annotations

from typing import Any

import pytest

from agent import wire
from agent.errors import NotPermitted
from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import ATTACK_BYTES
from tests.tui.screen_text import assert_golden
from tests.tui.screens.place_scene import Scene
from tests.tui.screens.test_intake import on_intake
from tui.screens.intake import IntakeScreen
from tui.screens.unmatched import UnmatchedScreen


def on_unmatched(body: Any, **how: Any) -> None:
    async def opened(scene: Scene) -> None:
        await scene.press("u")
        await scene.until(lambda: isinstance(scene.screen, UnmatchedScreen))
        await body(scene)

    on_intake(opened, **how)


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_looks_like_this(size: tuple[int, int], console: bool) -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("203 calls without a recording", "and 200 more", "1795435500.9")
        await scene.until_text("! The call records cannot be read", "Every call has its recording")
        assert_golden(scene.app, f"unmatched-{size[0]}x{size[1]}" + ("-console" if console else ""))

    on_unmatched(body, size=size, console=console)


def test_esc_leads_back() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, IntakeScreen))

    on_unmatched(body)


def test_without_call_records_it_is_said_what_is_missing() -> None:
    agent = FakeAgent()
    agent.unmatched = wire.Unmatched(days=7, sources=[])

    async def body(scene: Scene) -> None:
        await scene.until_text("No source says where the records of its calls are (call_records).")

    on_unmatched(body, agent=agent)


def test_a_refusal_and_a_wait_are_said() -> None:
    agent = FakeAgent()
    agent.hold("/unmatched")
    agent.fail("/unmatched", NotPermitted(capability="intake.read"))

    async def body(scene: Scene) -> None:
        await scene.until_text("Reading …")
        agent.release()
        await scene.until_text("! Not known: Your role does not permit this (intake.read)")

    on_unmatched(body, agent=agent)


def test_a_connection_that_is_lost_is_said_and_made_good() -> None:
    agent = FakeAgent()

    async def body(scene: Scene) -> None:
        agent.lose()
        await scene.press("u")
        await scene.until_text("! Not known: The agent does not answer")
        agent.find()
        await scene.until_text("203 calls without a recording")

    on_intake(body, agent=agent)


def test_hostile_ids_stay_harmless() -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("203 calls")
        assert not any(attack in scene.text.encode() for attack in ATTACK_BYTES)

    on_unmatched(body, agent=FakeAgent(hostile=True), size=(120, 40))
