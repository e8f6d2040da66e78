"""One listening: fetches, decodes and plays a recording, and says where it stands.

It owns what a person wants to hear (playing or not, from where, which legs) and brings bytes, decoder and
output together. It opens no file and no socket: bytes come from the `Source` it is given. All methods belong
to the event loop's thread, and none of them waits: `run` does the work and ends when it is cancelled.

    IDLE ──play──▶ FETCHING ──▶ PLAYING ──▶ ENDED ──play──▶ from the start
                       ▲ starved   │ pause ▲
                       └───────────┤       └─ play
                                   ▼
                                PAUSED            any ──▶ FAILED ──play──▶ once more
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum

from agent import wire
from agent.errors import EarwitnessError
from tui.player.decode import Decoder
from tui.player.fetch import Fetcher, Source
from tui.player.legs import Legs, are_apart, sides_of, to_ears
from tui.player.protocol import Device
from tui.player.speaker import STALL_S, Speaker

AHEAD_S = 1.0
"""Sound handed to the output ahead of the ear: what a busy screen may take without a drop-out."""
SLICE_S = 0.25


def _(template: str) -> str:
    """Mark a template for the catalogues without translating it here."""
    return template


class OutputLost(EarwitnessError):
    code = "output-lost"
    sentence = _("The sound output stopped: its process or the device is gone. Press Space to try again.")


class State(StrEnum):
    IDLE = "idle"
    FETCHING = "fetching"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"


class Player:
    """Play one recording.

    Args:
        recording: What to play.
        source: Its bytes; asked only for what is about to be heard.
        on_change: Called after the state, the position or whether it can be heard has changed.
        device: The sound card, or for tests one that nobody hears.
        stall_s: Without progress for this long, the output counts as lost.

    Raises:
        Undecodable: no decoder here can play it.
    """

    def __init__(
        self,
        recording: wire.Recording,
        source: Source,
        *,
        on_change: Callable[[], None],
        device: Device = "auto",
        stall_s: float = STALL_S,
    ) -> None:
        self._decoder = Decoder(recording)
        self._rate_hz = recording.rate_hz
        self._on_change = on_change
        self._device: Device = device
        self._stall_s = stall_s
        self._fetcher = Fetcher(
            source,
            data_offset=recording.data_offset,
            data_bytes=recording.data_bytes,
            block_bytes=recording.block_bytes,
            on_arrival=self._wake,
        )
        self._woken = asyncio.Event()
        self._speaker = self._new_speaker()
        self._wanted = False
        self._base_frame = 0
        self._cursor_frame = 0
        self._end_frame = self._decoder.total_frames
        self._has_legs = are_apart(recording.channels)
        self._legs = Legs.BOTH
        self.sides = sides_of(recording.legs)
        """Whose its two channels are; empty when nothing says."""
        self.state = State.IDLE
        self.error: EarwitnessError | None = None
        """Why it failed, in state FAILED."""

    @property
    def duration_s(self) -> float:
        return self._decoder.duration_s

    @property
    def position_s(self) -> float:
        """What the listener's device has taken, not what was sent."""
        return min(self._base_frame + self._speaker.played_frames, self._end_frame) / self._rate_hz

    @property
    def is_audible(self) -> bool | None:
        """Whether there is a sound device; None until that is known."""
        return self._speaker.is_audible

    @property
    def first_heard_at_s(self) -> float | None:
        """When the first frame since the last start or seek was heard, on the machine's monotonic clock."""
        return self._speaker.first_heard_at_s

    @property
    def is_wanted(self) -> bool:
        """Whether it plays, or would if the bytes were there."""
        return self._wanted

    @property
    def has_legs(self) -> bool:
        """Whether its two sides can be heard each alone."""
        return self._has_legs

    @property
    def legs(self) -> Legs:
        return self._legs

    def play(self) -> None:
        """Play on; from the start after the end, once more after a failure."""
        if self.state is State.ENDED:
            self._move_to(0)
        self.error = None
        self._wanted = True
        self._wake()

    def pause(self) -> None:
        """Stop where it is. Nothing more is fetched."""
        if self._wanted:
            self._wanted = False
            self._speaker.hold()
            self._become(State.PAUSED)

    def seek(self, position_s: float) -> None:
        """Go to a moment, playing on if it was playing."""
        self._move_to(round(position_s * self._rate_hz))
        if self.state is State.ENDED:
            self._become(State.PAUSED)
        self._wake()
        self._on_change()

    def hear(self, legs: Legs) -> None:
        """Choose which legs are heard, from here on."""
        self._legs = legs
        self._move_to(self._base_frame + self._speaker.played_frames)
        self._wake()
        self._on_change()

    async def run(self) -> None:
        """Do the work until cancelled; the output process and all fetches end with it."""
        try:
            await self._speaker.open()
            while True:
                await self._woken.wait()
                self._woken.clear()
                if self._wanted and self._speaker.is_lost and self.error is None:
                    await self._open_another_speaker()
                self._advance()
        finally:
            try:
                await self._fetcher.close()
            finally:
                await self._speaker.close()

    def _wake(self) -> None:
        self._woken.set()

    def _new_speaker(self) -> Speaker:
        return Speaker(self._rate_hz, device=self._device, on_report=self._reported, stall_s=self._stall_s)

    async def _open_another_speaker(self) -> None:
        self._move_to(self._base_frame + self._speaker.played_frames)
        await self._speaker.close()
        self._speaker = self._new_speaker()
        await self._speaker.open()

    def _reported(self) -> None:
        if self._speaker.is_lost and self._wanted:
            self._fail(OutputLost())
        self._wake()
        self._on_change()

    def _move_to(self, frame: int) -> None:
        self._base_frame = self._cursor_frame = max(0, min(frame, self._end_frame))
        self._speaker.flush()

    def _advance(self) -> None:
        """Feed what is there and needed, and say what that comes to."""
        if not self._wanted:
            return
        try:
            self._feed()
        except EarwitnessError as error:
            self._fail(error)
            return
        if self._speaker.ahead_frames > 0:
            self._speaker.play()
            self._become(State.PLAYING)
        elif self._cursor_frame < self._end_frame:
            self._become(State.FETCHING)
        else:
            self._wanted = False
            self._speaker.hold()
            self._become(State.ENDED)

    def _feed(self) -> None:
        slice_frames = int(SLICE_S * self._rate_hz)
        while (
            self._cursor_frame < self._end_frame
            and self._speaker.ahead_frames + slice_frames <= AHEAD_S * self._rate_hz
        ):
            span = self._decoder.span(self._cursor_frame, slice_frames)
            data = self._fetcher.bytes_at(span.start_bytes, span.stop_bytes)
            if data is None:
                return
            frames = self._decoder.decode(data, span)
            if len(frames) < span.frames:  # the file ends before its header says so
                self._end_frame = self._cursor_frame + len(frames)
            if len(frames) > 0:
                self._speaker.feed(to_ears(frames, self._legs, self.sides))
                self._cursor_frame += len(frames)

    def _fail(self, error: EarwitnessError) -> None:
        self._wanted = False
        self._speaker.hold()
        self.error = error
        self._become(State.FAILED)

    def _become(self, state: State) -> None:
        if state is not self.state:
            self.state = state
            self._on_change()
