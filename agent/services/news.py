"""What has happened, for those who watch: kinds of events, never their content.

Publishing comes from any thread; watching is the event loop's. A watcher that is slow gets each kind once, however
often it happened meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

Kind = Literal["contacts", "audit", "intake"]


class Watch:
    """One watcher's view; made and used on the event loop."""

    def __init__(self, is_meant: Callable[[Kind, str | None], bool]) -> None:
        self.is_meant = is_meant
        self._loop = asyncio.get_running_loop()
        self._happened: set[Kind] = set()
        self._wake = asyncio.Event()
        self.has_ended = False

    def tell(self, kind: Kind) -> None:
        """From any thread; nobody hears it once the event loop has ended."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._note, kind)

    def _note(self, kind: Kind) -> None:
        self._happened.add(kind)
        self._wake.set()

    def end(self) -> None:
        """On the event loop: the agent stops."""
        self.has_ended = True
        self._wake.set()

    async def next(self, timeout_s: float) -> list[Kind]:
        """What has happened since the last call; empty when nothing did for `timeout_s`, or when the agent stops."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._wake.wait()
        except TimeoutError:
            return []
        self._wake.clear()
        happened, self._happened = sorted(self._happened), set()
        return happened


class News:
    """See the module."""

    def __init__(self) -> None:
        self._watches: set[Watch] = set()

    def publish(self, kind: Kind, account: str | None = None) -> None:
        """Tell everybody who is meant. `account` is whose own contact it was, for those who see only their own."""
        for watch in tuple(self._watches):
            if watch.is_meant(kind, account):
                watch.tell(kind)

    def watch(self, is_meant: Callable[[Kind, str | None], bool]) -> Watch:
        watch = Watch(is_meant)
        self._watches.add(watch)
        return watch

    def close(self) -> None:
        """On the event loop: end every watch."""
        for watch in tuple(self._watches):
            watch.end()

    def unwatch(self, watch: Watch) -> None:
        self._watches.discard(watch)
