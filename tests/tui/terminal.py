"""A program on a real pseudo-terminal: its bytes as the terminal gets them, and its screen as pyte understands them."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from types import TracebackType

import pyte

PATIENCE_S = 30.0


class Terminal:
    """`python -m module` on a terminal of its own, in a session of its own.

    Args:
        module: What is run.
        columns: Width of the terminal.
        lines: Height of the terminal.
        arguments: Of the program.
        ignore_hang_up: Whether SIGHUP is ignored, as under nohup.
        variables: In the program's environment, besides ours.
    """

    def __init__(
        self,
        module: str,
        *,
        columns: int,
        lines: int,
        arguments: tuple[str, ...] = (),
        ignore_hang_up: bool = False,
        variables: dict[str, str] | None = None,
    ) -> None:
        self.received = b""
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

        def prepare() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            if ignore_hang_up:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)

        self._program = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=prepare,  # noqa: PLW1509 - the child runs nothing else between fork and exec
            env={**os.environ, **(variables or {})},
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._program.poll() is None:
            self._program.kill()
            self._program.wait()
        if self._ours >= 0:
            os.close(self._ours)

    @property
    def text(self) -> str:
        """The screen as it looks now."""
        return "\n".join(self._screen.display)

    @property
    def cursor_line(self) -> int:
        """The line of the terminal's own cursor, from 0."""
        return int(self._screen.cursor.y)

    def bytes_while_quiet(self, duration_s: float) -> int:
        """Read until nothing has come for a moment, then count what comes in a time."""
        while select.select([self._ours], [], [], 0.3)[0]:
            self._read()
        before, end = len(self.received), time.monotonic() + duration_s
        while time.monotonic() < end:
            self._read()
        return len(self.received) - before

    def send(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def terminate(self) -> None:
        self._program.terminate()

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._ours)
        self._ours = -1

    def wait_for(self, words: str) -> None:
        """Read until the words are on the screen."""
        deadline = time.monotonic() + PATIENCE_S
        while words not in self.text:
            assert time.monotonic() < deadline, f"{words!r} did not appear on:\n{self.text}"
            self._read()

    def wait_until_gone(self, words: str) -> None:
        """Read until the words are no longer on the screen."""
        deadline = time.monotonic() + PATIENCE_S
        while words in self.text:
            assert time.monotonic() < deadline, f"{words!r} stayed on:\n{self.text}"
            self._read()

    def wait_for_cursor_line(self, line: int) -> None:
        """Read until the terminal's own cursor is on this line; it is sent there after what is drawn."""
        deadline = time.monotonic() + PATIENCE_S
        while self.cursor_line != line:
            assert time.monotonic() < deadline, f"the cursor is on line {self.cursor_line} of:\n{self.text}"
            self._read()

    def wait(self) -> int:
        """Read until the program has ended, and return its exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self._program.poll() is None:
            assert time.monotonic() < deadline, f"the program did not end:\n{self.text}"
            self._read()
        self._read()
        return self._program.returncode

    def _read(self) -> None:
        if self._ours < 0:
            self._program.wait(PATIENCE_S)
        elif select.select([self._ours], [], [], 0.1)[0]:
            try:
                some = os.read(self._ours, 65536)
            except OSError:  # the other end is closed: Linux says EIO
                self._program.wait(PATIENCE_S)
                return
            self.received += some
            self._stream.feed(some)
