"""The screen of the log with entries in it, a listening in parts and a direct open among them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from agent import wire
from tests.tui.fake_agent import FakeAgent
from tests.tui.fake_register import NEWEST_AT
from tests.tui.screens.place_scene import Scene, on_place
from tui.screens.log import LogScreen

PARTS = 6
PART_S = 16


def agent_with_odd() -> FakeAgent:
    agent = FakeAgent()
    agent.odd_found = agent.register.odd()
    return agent


def agent_with_listening() -> FakeAgent:
    """The second row is a direct open; the fourth to the ninth are one listening of 1:36."""
    agent = FakeAgent()
    told = agent.register.told
    told[3998] = _direct_open()
    for part in range(PARTS):
        told[3996 - part] = _heard(PARTS - 1 - part, NEWEST_AT - timedelta(minutes=9, seconds=PART_S * part))
    return agent


def _direct_open() -> dict[str, object]:
    return {
        "action": "file.open",
        "outcome": wire.Outcome.ALLOWED,
        "actor": wire.Actor(account=None, uid=0, via="agent"),
        "target": "r7c",
        "purpose": None,
        "case": None,
        "reason": None,
        "detail": {"exe": "/usr/bin/sox", "pid": 4411, "login_uid": 1002, "place": "vault"},
    }


def _heard(part: int, at: object) -> dict[str, object]:
    start_ms = 1000 * PART_S * part
    return {
        "at": at,
        "action": "contact.listen",
        "outcome": wire.Outcome.ALLOWED,
        "actor": wire.Actor(account="anna.berg", uid=1001, via="tui", session="5e55"),
        "target": "c003997",
        "purpose": "complaint",
        "case": "C-118",
        "reason": None,
        "detail": {"recording": "r1", "from_ms": start_ms, "to_ms": start_ms + 1000 * PART_S},
    }


def on_log(body: Callable[[Scene], Awaitable[None]], **how: Any) -> None:
    """Open the log as security does, and let `body` go on when its rows and counts are there."""

    async def loaded(scene: Scene) -> None:
        await scene.until(lambda: isinstance(scene.screen, LogScreen) and scene.screen.table.count)
        await scene.until(lambda: scene.screen.strip.counts)
        await body(scene)

    on_place("2", loaded, **({"user": "security"} | how))
