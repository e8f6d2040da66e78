"""The process that makes the sound: `python -m tui.player.output RATE_HZ DEVICE`.

A process of its own, because in the screen's process every busy moment is a drop-out. It owns the sound
device and at most two seconds of sound; it knows no recording, no agent and no file. It reads messages from
its standard input and writes reports to its standard output (`tui.player.protocol`), and ends with its input.

miniaudio and ALSA write to the C library's error stream: the parent lets that go nowhere. Where there is no
sound device, or no miniaudio for this platform, sound passes silently in real time, so that the position
still moves, and the reports say that nobody can hear it.
"""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from collections.abc import Generator
from typing import Any, Protocol

from tui.player.protocol import FRAME_BYTES, HELD_LIMIT_S, Kind, Messages, Report, flush_number

BUFFER_MS = 20
REPORT_EVERY_S = 0.04
_READ_BYTES = 1 << 16

Pull = Generator[bytes, int, None]
"""Sent a number of frames, it yields their bytes."""


class Overfull(Exception):
    """More sound came than may be held: the parent does not keep count."""


class HeldSound:
    """What waits to be heard, shared between the messages' thread and the device's."""

    def __init__(self, rate_hz: int) -> None:
        self._limit_bytes = int(rate_hz * HELD_LIMIT_S) * FRAME_BYTES
        self._held = bytearray()
        self._lock = threading.Lock()
        self._flush = 0
        self._played_frames = 0
        self._first_heard_at_s: float | None = None
        self.playing = False

    def feed(self, frames: bytes) -> None:
        with self._lock:
            if len(self._held) + len(frames) > self._limit_bytes:
                raise Overfull
            self._held += frames

    def flush(self, number: int) -> None:
        with self._lock:
            self._held.clear()
            self._flush, self._played_frames, self._first_heard_at_s = number, 0, None

    def report(self, *, audible: bool) -> Report:
        with self._lock:
            held_frames = len(self._held) // FRAME_BYTES
            return Report(audible, self._flush, self._played_frames, held_frames, self._first_heard_at_s)

    def pulled(self) -> Pull:
        """Answer a device: what is held while playing, silence otherwise."""
        frames = yield b""
        while True:
            frames = yield self._take(frames * FRAME_BYTES)

    def _take(self, wanted_bytes: int) -> bytes:
        if not self.playing:
            return bytes(wanted_bytes)
        with self._lock:
            taken = bytes(self._held[:wanted_bytes])
            del self._held[:wanted_bytes]
            self._played_frames += len(taken) // FRAME_BYTES
            if taken and self._first_heard_at_s is None:
                self._first_heard_at_s = time.monotonic()
        return taken.ljust(wanted_bytes, b"\0")


class Outlet(Protocol):
    """Where sound goes: it pulls in real time once it is started."""

    audible: bool

    def start(self, pull: Pull) -> None: ...

    def close(self) -> None: ...


class SoundCard:
    """A device that miniaudio opened."""

    def __init__(self, device: Any) -> None:
        self._device = device
        self.audible = device.backend != "Null"

    def start(self, pull: Pull) -> None:
        self._device.start(pull)

    def close(self) -> None:
        self._device.close()


class Silence:
    """A clock in place of a device: takes sound in real time and lets nobody hear it."""

    audible = False

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pull: Pull) -> None:
        self._thread = threading.Thread(target=self._pass, args=(pull,), name="silence", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _pass(self, pull: Pull) -> None:
        started_at_s, passed_frames = time.monotonic(), 0
        while not self._closing.wait(BUFFER_MS / 1000):
            due_frames = int((time.monotonic() - started_at_s) * self._rate_hz)
            pull.send(due_frames - passed_frames)
            passed_frames = due_frames


def opened_outlet(rate_hz: int, device: str) -> Outlet:
    """Open the sound card, or silence where there is none."""
    try:
        import miniaudio  # not on every platform, and slow to load
    except ImportError:
        return Silence(rate_hz)
    backends = [miniaudio.Backend.NULL] if device == "null" else None
    try:
        opened = miniaudio.PlaybackDevice(
            miniaudio.SampleFormat.FLOAT32,
            2,
            rate_hz,
            buffersize_msec=BUFFER_MS,
            backends=backends,
            app_name="Earwitness",
        )
    except miniaudio.MiniaudioError:
        return Silence(rate_hz)
    return SoundCard(opened)


class Output:
    """Obey messages from one pipe and report on another."""

    def __init__(self, rate_hz: int, device: str) -> None:
        self._outlet = opened_outlet(rate_hz, device)
        self._sound = HeldSound(rate_hz)
        self._started = False

    def run(self, commands_fd: int, reports_fd: int) -> None:
        """Serve until told to quit, or until the parent is gone."""
        messages = Messages()
        try:
            self._report(reports_fd)
            while True:
                patience_s = REPORT_EVERY_S if self._sound.playing else None
                readable, _, _ = select.select([commands_fd], [], [], patience_s)
                if readable:
                    piece = os.read(commands_fd, _READ_BYTES)
                    if not piece:
                        return
                    for kind, payload in messages.read(piece):
                        if kind is Kind.QUIT:
                            return
                        self._obey(kind, payload)
                self._report(reports_fd)
        finally:
            self._outlet.close()

    def _obey(self, kind: Kind, payload: bytes) -> None:
        match kind:
            case Kind.FEED:
                self._sound.feed(payload)
            case Kind.PLAY:
                self._sound.playing = True
                self._start()
            case Kind.HOLD:
                self._sound.playing = False
            case Kind.FLUSH:
                self._sound.flush(flush_number(payload))

    def _start(self) -> None:
        if not self._started:
            pull = self._sound.pulled()
            next(pull)
            self._outlet.start(pull)
            self._started = True

    def _report(self, reports_fd: int) -> None:
        os.write(reports_fd, self._sound.report(audible=self._outlet.audible).encoded())


def main(rate_hz: str, device: str) -> None:
    """Run as a process; whatever a library prints to standard output goes where its errors go."""
    reports_fd = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        Output(int(rate_hz), device).run(sys.stdin.fileno(), reports_fd)
    except BrokenPipeError:
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
