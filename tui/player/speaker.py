"""The parent's end of the output process: starts it, feeds it, listens to what it says.

It owns the process and the count of what was fed. A process that died, or a device that takes no more sound,
is noticed here and shows as `is_lost`; miniaudio itself does not tell when a sound server has gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import tui
from tui.player.protocol import Device, Kind, Report, flush_message, message
from tui.player.sound import Frames

STALL_S = 2.0
"""Without progress for this long while sound waits, the device counts as lost."""
OPENING_S = 15.0
"""A process that has not opened its device after this long counts as lost too."""
FAREWELL_S = 1.0
_PACKAGES = Path(tui.__file__).parent.parent


class Speaker:
    """Sound on its way to the listener's ears.

    Args:
        rate_hz: Of the frames that will be fed.
        device: The sound card, or for tests one that nobody hears.
        on_report: Called when something has changed: a position, or that the output is lost.
        stall_s: See `STALL_S`.
    """

    def __init__(
        self, rate_hz: int, *, device: Device, on_report: Callable[[], None], stall_s: float = STALL_S
    ) -> None:
        self._rate_hz = rate_hz
        self._device: Device = device
        self._on_report = on_report
        self._stall_s = stall_s
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._stall_alarm: asyncio.TimerHandle | None = None
        self._playing = False
        self._flush = 0
        self._fed_frames = 0
        self._report: Report | None = None
        self._first_report = asyncio.Event()
        self.is_lost = False

    @property
    def is_audible(self) -> bool | None:
        """Whether a person can hear it; None until the process has said so."""
        return self._report.audible if self._report else None

    @property
    def played_frames(self) -> int:
        """Frames that the device took since the flush."""
        return self._report.played_frames if self._report and self._report.flush == self._flush else 0

    @property
    def ahead_frames(self) -> int:
        """Frames fed and not yet taken."""
        return self._fed_frames - self.played_frames

    @property
    def first_heard_at_s(self) -> float | None:
        """When the first frame since the flush was taken, on the machine's monotonic clock."""
        return self._report.first_heard_at_s if self._report and self._report.flush == self._flush else None

    async def open(self) -> None:
        """Start the process; it opens its device while the caller goes on."""
        # -P: nothing that lies in the working directory is imported in place of a library.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "tui.player.output",
            str(self._rate_hz),
            self._device,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": _search_path()},
            start_new_session=True,  # a Ctrl+C is the parent's to understand
        )
        self._listening = asyncio.create_task(self._listen(self._process), name="sound reports")

    async def opened(self) -> None:
        """Wait until the process has said what it plays on, or is lost."""
        await self._first_report.wait()

    def feed(self, frames: Frames) -> None:
        """Queue frames of shape (n, 2)."""
        self._fed_frames += len(frames)
        self._say(message(Kind.FEED, frames.tobytes()))

    def play(self) -> None:
        if not self._playing:
            self._playing = True
            self._say(message(Kind.PLAY))
            self._expect_progress()

    def hold(self) -> None:
        """Stop where it is; what was fed stays."""
        if self._playing:
            self._playing = False
            self._say(message(Kind.HOLD))
            self._calm_down()

    def flush(self) -> None:
        """Drop what was fed; counting begins anew."""
        self._flush += 1
        self._fed_frames = 0
        self._say(flush_message(self._flush))
        self._expect_progress()

    async def close(self) -> None:
        """End the process, by force if it does not end by itself.

        However often this is cancelled meanwhile, no process remains.
        """
        self._calm_down()
        if self._process is None or self._listening is None:
            return
        self._say(message(Kind.QUIT))
        assert self._process.stdin is not None
        self._process.stdin.close()
        deadline = asyncio.get_running_loop().call_later(FAREWELL_S, self._kill)
        cancelled: asyncio.CancelledError | None = None
        while True:
            try:
                await _ended(self._process, self._listening)
                break
            except asyncio.CancelledError as error:
                cancelled = error
        deadline.cancel()
        if cancelled is not None:
            raise cancelled

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            before = self.played_frames
            self._report = Report.decoded(line)
            if self.played_frames != before or not self._first_report.is_set():
                self._expect_progress()
            self._first_report.set()
            self._on_report()
        self._lose()

    def _say(self, words: bytes) -> None:
        if self._process is None or self.is_lost:
            return
        assert self._process.stdin is not None
        self._process.stdin.write(words)  # no drain: there is never more than a moment of sound on its way

    def _expect_progress(self) -> None:
        self._calm_down()
        if self._playing:
            patience_s = self._stall_s if self._report else OPENING_S
            self._stall_alarm = asyncio.get_running_loop().call_later(patience_s, self._notice_stall)

    def _calm_down(self) -> None:
        if self._stall_alarm is not None:
            self._stall_alarm.cancel()
            self._stall_alarm = None

    def _notice_stall(self) -> None:
        if self.ahead_frames > 0:
            self._kill()
            self._lose()
        else:
            self._expect_progress()

    def _kill(self) -> None:
        """End it by force. Only for one that hangs: of one that is ending, this could snatch the exit code."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def _lose(self) -> None:
        self._calm_down()
        if not self.is_lost:
            self.is_lost = True
            self._first_report.set()
            self._on_report()


async def _ended(process: asyncio.subprocess.Process, listening: asyncio.Task[None]) -> None:
    """Wait until a process is gone and its pipes are closed. May be cancelled and awaited again."""
    await process.wait()
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(ConnectionError):
        await process.stdin.wait_closed()
    await asyncio.wait({listening})
    await process.stdout.read()  # to its end, if the listening was cancelled before


def _search_path() -> str:
    """Where this program's own packages lie, then what the environment adds; never an empty entry."""
    inherited = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    return os.pathsep.join([str(_PACKAGES), *inherited])
