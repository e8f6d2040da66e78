"""What the agent holds in memory after all that was asked of it in this run.

Measured: the resident memory of the agent's process, and its share counted once (PSS), from `/proc`. Run alone it is
that of an agent which has just opened its register; signing in and some pages are asked first. The terminal's memory is
measured in `terminal`, in the process that has been scrolled.

Against: the limit of the design, which is meant for a million contacts.

Bounded by: Python with its libraries, the page cache of each of the agent's threads, and Argon2's 64 MiB at a sign-in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.process import memory_mb
from benchmarks.scene import RunningAgent, Scene

AGENT_MB = 200


def measure(scene: Scene) -> Iterator[Figure]:
    agent = scene.agent
    asyncio.run(_ask(agent))
    held = memory_mb(agent.process.pid)
    yield Figure(f"agent's memory, {agent.contacts:,} contacts, RSS", held.rss, "MB", at_most=AGENT_MB)
    yield Figure(f"agent's memory, {agent.contacts:,} contacts, PSS", held.pss, "MB")


async def _ask(agent: RunningAgent) -> None:
    async with await agent.signed_in() as client:
        for query in ("", "service:vatten", "number:*0612"):
            page = await client.contacts(query)
            await client.contact_count(query, as_of=page.as_of)
