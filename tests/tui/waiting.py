"""Wait for a fact, not for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

PATIENCE_S = 10.0


async def until(pilot: Pilot[Any], is_so: Callable[[], object]) -> None:
    """Let the application work until something is true, and drawn.

    Raises:
        TimeoutError: it has not become true in ten seconds.
    """
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - the fact is any expression, with no event to wait for
            await asyncio.sleep(0.01)
    await pilot.pause()
