"""From the moment a recorder closes a file to the moment a search over the socket lists its contact.

Measured: a recorder's process-wide steady rate of 1, 10 and 50 files a second, and 200 files at once, on an agent with
many contacts. One client follows `/v1/events` and searches whenever it is told of contacts, a page as a terminal asks
for one (more of them for the files at once); a file counts as found when the reply that names it has come.

Against: the source's own `settle_ms`, for which a closed file must not change: nothing can be found before that.

Bounded by: settling, one seal with its fsyncs and one commit a file, and the search itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from agent.client import Client
from agent.settings import load
from benchmarks.figure import Figure, Peer, percentile
from benchmarks.recordings import ALAW_STEREO, freepbx_name, recording
from benchmarks.scene import RunningAgent, Scene

CALL_S = 20.0
RATES_A_S = (1, 10, 50)
BURST = 200
PAGE = 100
"""Contacts that a terminal asks for."""
P99_MS = 250
PATIENCE_S = 60.0


@dataclass
class Finding:
    """What was closed when, and how long after it was found."""

    closed_at_s: dict[str, float] = field(default_factory=dict)
    found_after_s: dict[str, float] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        return len(self.found_after_s) == len(self.closed_at_s)

    def percentile_ms(self, percent: float) -> float:
        return percentile(list(self.found_after_s.values()), percent) * 1000


def measure(scene: Scene) -> Iterator[Figure]:
    agent = scene.agent
    settle = Peer("settle time", load(agent.folder / "agent.toml").source[0].settle_ms)
    span_s = 3.0 if scene.is_quick else 20.0
    first = 0
    for rate in RATES_A_S:
        count = max(3, round(rate * span_s))
        finding = asyncio.run(_found(agent, first, count, 1 / rate, PAGE))
        first += count
        name = f"closed to found, {rate} files/s"
        yield Figure(f"{name}, p50", finding.percentile_ms(50), "ms", peer=settle)
        yield Figure(f"{name}, p99", finding.percentile_ms(99), "ms", at_most=P99_MS, peer=settle)
    burst = asyncio.run(_found(agent, first, BURST, 0, BURST + PAGE))
    yield Figure(f"{BURST} files at once, half of them found", burst.percentile_ms(50), "ms")
    yield Figure(f"{BURST} files at once, all of them found", burst.percentile_ms(100), "ms")
    whole_s = max(burst.closed_at_s[name] + after_s for name, after_s in burst.found_after_s.items())
    yield Figure("taken in and found at once", BURST / (whole_s - min(burst.closed_at_s.values())), "files/s")


async def _found(agent: RunningAgent, first: int, count: int, every_s: float, listed: int) -> Finding:
    """Record `count` files, one every so often, and wait until all are found among the newest `listed`.

    Raises:
        TimeoutError: some never were.
    """
    finding = Finding()
    async with await agent.signed_in() as client, await agent.signed_in() as listener:
        told = asyncio.Event()
        following = asyncio.create_task(_follow(listener, told))
        recording_ = asyncio.create_task(asyncio.to_thread(_record, agent.spool, finding, first, count, every_s))
        searching = asyncio.create_task(_search(client, told, finding, recording_, listed))
        try:
            await asyncio.wait_for(searching, count * every_s + PATIENCE_S)
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
    return finding


async def _follow(client: Client, told: asyncio.Event) -> None:
    async for event in client.events():
        if event.event in ("hello", "contacts"):
            told.set()


async def _search(
    client: Client, told: asyncio.Event, finding: Finding, recording_: asyncio.Task[None], listed: int
) -> None:
    while not (recording_.done() and finding.is_complete):
        await told.wait()
        told.clear()
        page = await client.contacts("", limit=listed)
        now_s = time.monotonic()
        names = {recording.source_name for contact in page.items for recording in contact.recordings}
        for name in (names & finding.closed_at_s.keys()) - finding.found_after_s.keys():
            finding.found_after_s[name] = now_s - finding.closed_at_s[name]
    await recording_


def _record(spool: Path, finding: Finding, first: int, count: int, every_s: float) -> None:
    contents = [recording(ALAW_STEREO, CALL_S, first + number) for number in range(min(count, 50))]
    began_s = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, began_s + number * every_s - time.monotonic()))
        name = freepbx_name(first + number, datetime.now(UTC))
        with (spool / name).open("wb") as file:
            file.write(contents[number % len(contents)])
        finding.closed_at_s[name] = time.monotonic()
