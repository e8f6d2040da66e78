"""From the key press to the first sample that goes to the output device, through the terminal's own player.

Measured: `tui.player.Player` on an hour-long recording (A-law, two legs) kept by a real agent, with the device that
plays into nothing: playing on what is already fetched, playing what is not, and seeking to places drawn by lot. The
line is a pause before each request that stands for its round trip.

Against: the output's buffer of 20 ms, of which the device asks for a whole one at a time.

Bounded by: that buffer, and for what is not fetched one entry in the log with its fsync, and one round trip.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from agent.client import Client
from agent.wire import Contact, Purpose
from benchmarks.figure import Figure, Peer, percentile
from benchmarks.recordings import ALAW_STEREO, freepbx_name, recording
from benchmarks.scene import RunningAgent, Scene
from tui.player.output import BUFFER_MS
from tui.player.player import Player, State

HOUR_S, QUICK_S = 3600.0, 300.0
RTT_S = 0.05
WARM_MS, COLD_MS, SEEK_MS = 60, 150, 80
PATIENCE_S = 15.0
POLL_S = 0.002


def measure(scene: Scene) -> Iterator[Figure]:
    yield from asyncio.run(_measured(scene))


async def _measured(scene: Scene) -> list[Figure]:
    rounds, buffer = (5 if scene.is_quick else 30), Peer("output buffer", BUFFER_MS)
    async with await scene.agent.signed_in(via="tui") as client:
        contact = await _taken_in(scene.agent, client, QUICK_S if scene.is_quick else HOUR_S)
        cold = [await _cold_ms(client, contact, 0) for _ in range(rounds)]
        far = [await _cold_ms(client, contact, RTT_S) for _ in range(rounds)]
        warm = await _warm_ms(client, contact, rounds)
        seeks = await _seeks_ms(client, contact, rounds)
    return [
        Figure("key to sound, fetched already, p95", percentile(warm, 95), "ms", at_most=WARM_MS, peer=buffer),
        Figure("key to sound, not fetched, p95", percentile(cold, 95), "ms", at_most=COLD_MS, peer=buffer),
        Figure("key to sound, not fetched, RTT 50 ms, p95", percentile(far, 95), "ms", at_most=COLD_MS, peer=buffer),
        Figure("seek in an hour to sound, p95", percentile(seeks, 95), "ms", at_most=SEEK_MS, peer=buffer),
    ]


async def _taken_in(agent: RunningAgent, client: Client, duration_s: float) -> Contact:
    at = datetime.now(UTC) + timedelta(days=1)
    name = freepbx_name(999_999, at)
    unseen = agent.folder / name
    unseen.write_bytes(recording(ALAW_STEREO, duration_s, 1))
    os.rename(unseen, agent.spool / name)  # noqa: PTH104 - as a recorder moves a finished file in
    async with asyncio.timeout(PATIENCE_S):
        while True:
            [newest] = (await client.contacts("", limit=1)).items
            if newest.recordings[0].source_name == name:
                return newest
            await asyncio.sleep(0.1)


@asynccontextmanager
async def _player(client: Client, contact: Contact, rtt_s: float) -> AsyncIterator[Player]:
    """A player whose output is open, as it is when a contact has been on screen for a moment."""

    async def source(start: int, stop: int) -> bytes:
        await asyncio.sleep(rtt_s)
        return await client.audio(contact.id, purpose=Purpose.QUALITY, start=start, stop=stop)

    player = Player(contact.recordings[0], source, on_change=lambda: None, device="null")
    running = asyncio.create_task(player.run())
    try:
        async with asyncio.timeout(PATIENCE_S):
            while player.is_audible is None:  # noqa: ASYNC110 - the player has no event for it
                await asyncio.sleep(POLL_S)
        yield player
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def _heard_ms(player: Player, pressed_s: float) -> float:
    """How long after the key press the first sample went to the device."""
    async with asyncio.timeout(PATIENCE_S):
        while player.first_heard_at_s is None or player.first_heard_at_s < pressed_s:
            assert player.state is not State.FAILED, player.error
            await asyncio.sleep(POLL_S)
    return (player.first_heard_at_s - pressed_s) * 1000


async def _cold_ms(client: Client, contact: Contact, rtt_s: float) -> float:
    async with _player(client, contact, rtt_s) as player:
        pressed_s = time.monotonic()
        player.play()
        return await _heard_ms(player, pressed_s)


async def _warm_ms(client: Client, contact: Contact, rounds: int) -> list[float]:
    taken = []
    async with _player(client, contact, 0) as player:
        player.play()
        await _heard_ms(player, 0)
        for _ in range(rounds):
            player.pause()
            player.seek(0)
            await asyncio.sleep(0.1)
            pressed_s = time.monotonic()
            player.play()
            taken.append(await _heard_ms(player, pressed_s))
    return taken


async def _seeks_ms(client: Client, contact: Contact, rounds: int) -> list[float]:
    lot, taken = random.Random(1), []
    async with _player(client, contact, 0) as player:
        player.play()
        await _heard_ms(player, 0)
        for _ in range(rounds):
            pressed_s = time.monotonic()
            player.seek(lot.uniform(0, player.duration_s - 5))
            taken.append(await _heard_ms(player, pressed_s))
            await asyncio.sleep(0.1)
    return taken
