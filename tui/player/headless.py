"""Play a contact without a screen, from its first recording to the end of its last."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from agent import wire
from agent.client import Client
from tui.player.fetch import Source
from tui.player.player import Player, State
from tui.player.protocol import Device


async def play_to_end(
    client: Client,
    contact: wire.ShownContact,
    *,
    purpose: wire.Purpose,
    case: str | None,
    reason: str | None,
    on_position: Callable[[float], None],
    on_silence: Callable[[], None] = lambda: None,
    device: Device = "auto",
) -> None:
    """Play all recordings of a contact, one after the other.

    Args:
        client: Signed in.
        contact: What to play.
        purpose: Why; it is written into the log with every part that is fetched.
        case: The case it is opened for.
        reason: Why, in words.
        on_position: Called with the seconds heard of the contact, as they pass.
        on_silence: Called once when there is no sound device, so that nobody can hear it.
        device: The sound card, or for tests one that nobody hears.

    Raises:
        EarwitnessError: what the agent refused, what cannot be decoded, or that the output was lost.
    """
    before_s, silence_is_told = 0.0, False
    for recording in contact.recordings:
        moved = asyncio.Event()
        source = source_of(client, contact.id, recording.id, purpose=purpose, case=case, reason=reason)
        player = Player(recording, source, on_change=moved.set, device=device)
        playing = asyncio.create_task(player.run(), name="headless player")
        try:
            player.play()
            while player.state is not State.ENDED:
                await _moved_or_broken(moved, playing)
                on_position(before_s + player.position_s)
                if player.is_audible is False and not silence_is_told:
                    silence_is_told = True
                    on_silence()
                if player.error is not None:
                    raise player.error
        finally:
            playing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await playing
        before_s += player.duration_s


def source_of(
    client: Client,
    contact_id: str,
    recording_id: str,
    *,
    purpose: wire.Purpose,
    case: str | None,
    reason: str | None = None,
) -> Source:
    """Make the agent the source of a recording's bytes, for one stated purpose."""

    async def fetched(start: int, stop: int) -> bytes:
        return await client.audio(
            contact_id,
            purpose=purpose,
            start=start,
            stop=stop,
            recording_id=recording_id,
            case=case,
            reason=reason,
        )

    return fetched


async def _moved_or_broken(moved: asyncio.Event, playing: asyncio.Task[None]) -> None:
    """Wait for a change; an error of the player's own is raised here."""
    waiting = asyncio.create_task(moved.wait())
    try:
        await asyncio.wait({waiting, playing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if playing.done():
        playing.result()
    moved.clear()
