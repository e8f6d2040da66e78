"""One contact on the screen, with the fake agent behind it and an output that nobody hears."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from agent import wire
from tests.tui.fake_agent import FakeAgent
from tests.tui.fake_register import NEWEST_AT
from tests.tui.screen_text import screen_text
from tests.tui.waiting import until
from tui.app import EarwitnessApp
from tui.screens.contact import ContactScreen
from tui.widgets.listening import Listening

CONTACT_ID = "c004992"
NUMBER = 4992


@dataclass
class Scene:
    app: EarwitnessApp
    agent: FakeAgent
    pilot: Pilot[Any]

    @property
    def screen(self) -> ContactScreen:
        shown = next(screen for screen in self.app.screen_stack if isinstance(screen, ContactScreen))
        assert isinstance(shown, ContactScreen)
        return shown

    @property
    def listening(self) -> Listening:
        return self.screen.listening

    @property
    def text(self) -> str:
        return screen_text(self.app)

    async def until(self, is_so: Callable[[], object]) -> None:
        await until(self.pilot, is_so)

    async def until_text(self, words: str) -> None:
        await self.until(lambda: words in self.text)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until_at(self, position_s: float) -> None:
        await self.until(lambda: (self.listening.position_s or 0.0) > position_s)

    def asked(self, part: str) -> list[str]:
        return [asked for asked in self.agent.asked if part in asked]


def with_contact(
    body: Callable[[Scene], Awaitable[None]],
    *,
    user: str = "anna.berg",
    size: tuple[int, int] = (80, 24),
    console: bool = False,
    agent: FakeAgent | None = None,
) -> None:
    """Open the contact and let `body` go on from there."""

    async def scene() -> None:
        there = agent or FakeAgent()
        app = EarwitnessApp(there.client(), signed_in=there.session(user), console=console)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: app.live.me is not None and app.screen.is_current)
            await pilot.pause()
            app.push_screen(ContactScreen(CONTACT_ID))
            await until(pilot, lambda: isinstance(app.screen, ContactScreen))
            await body(Scene(app, there, pilot))

    asyncio.run(scene())


def agent_with_entries() -> FakeAgent:
    """An agent whose log knows of a listening in three parts, a refusal and an export of the contact."""
    agent = FakeAgent()
    spoken_of = [
        ("contact.export", "anna.berg", wire.Outcome.ALLOWED, None, 0),
        ("contact.show", "e.sund", wire.Outcome.REFUSED, "out-of-scope", 0),
        ("contact.listen", "anna.berg", wire.Outcome.ALLOWED, None, 0),
        ("contact.listen", "anna.berg", wire.Outcome.ALLOWED, None, 30_000),
        ("contact.listen", "anna.berg", wire.Outcome.ALLOWED, None, 60_000),
    ]

    def entry(seq: int) -> wire.Entry:
        action, account, outcome, reason, from_ms = spoken_of[seq]
        is_release = outcome is wire.Outcome.ALLOWED
        return wire.Entry(
            seq=seq,
            at=NEWEST_AT + timedelta(minutes=seq),
            actor=wire.Actor(account=account, uid=1000),
            action=action,
            outcome=outcome,
            target=CONTACT_ID,
            purpose="complaint" if is_release else None,
            case="C-118" if is_release else None,
            reason=reason,
            detail={"recording": "r004992", "from_ms": from_ms, "to_ms": from_ms + 30_000},
        )

    agent.log_size = len(spoken_of)
    agent.register.entry = entry  # type: ignore[method-assign]  # the log of this test
    return agent


def shorten(agent: FakeAgent, duration_s: float, **changed: object) -> wire.Recording:
    """Let the contact's recording be a short one, with the digest of what the fake agent sends."""
    make = agent.register.recording
    recording = make(CONTACT_ID, duration_s, NUMBER)
    agent.register.recording = lambda *_: recording  # type: ignore[method-assign]  # the one recording of the test
    file = agent.register.audio(NUMBER, 0, recording.size_bytes)
    return recording.model_copy(update={"sha256": hashlib.sha256(file).hexdigest(), **changed})
