"""One of the program's places on the screen, with the fake agent behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from textual.pilot import Pilot

from tests.tui.fake_agent import FakeAgent
from tests.tui.fake_register import NEWEST_AT
from tests.tui.screen_text import screen_text
from tests.tui.waiting import until
from tui.app import EarwitnessApp


@dataclass
class Scene:
    app: EarwitnessApp
    agent: FakeAgent
    pilot: Pilot[Any]

    @property
    def text(self) -> str:
        return screen_text(self.app)

    @property
    def screen(self) -> Any:
        return self.app.screen

    async def until(self, is_so: Callable[[], object]) -> None:
        await until(self.pilot, is_so)

    async def until_text(self, *words: str) -> None:
        await self.until(lambda: all(word in self.text for word in words))

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def write(self, query: str) -> None:
        """Write a search and send it off."""
        await self.press("slash")
        self.screen.line.query_one("QueryInput").value = query
        await self.press("enter")

    def asked(self, part: str) -> list[str]:
        return [asked for asked in self.agent.asked if part in asked]


def on_place(
    key: str,
    body: Callable[[Scene], Awaitable[None]],
    *,
    user: str,
    size: tuple[int, int] = (80, 24),
    console: bool = False,
    agent: FakeAgent | None = None,
) -> None:
    """Sign in, go to the place with this key, and let `body` go on from there."""

    async def scene() -> None:
        there = agent or FakeAgent()
        app = EarwitnessApp(there.client(), signed_in=there.session(user), console=console)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: app.live.me is not None and app.screen.is_current and there.is_listened_to)
            await pilot.press(key)
            await pilot.pause()
            await body(Scene(app, there, pilot))

    with patch("tui.clock.now", lambda: NEWEST_AT):
        asyncio.run(scene())
