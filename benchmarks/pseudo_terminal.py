"""A real program on a pseudo-terminal, and a terminal that draws what it writes.

It keeps when bytes came, not when they were drawn: pyte is slower than the program.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte

READ_BYTES = 1 << 16
QUIET_S = 0.15
"""Without a byte for so long, the program has drawn all that it wanted to."""
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b[P_].*?\x1b\\", re.DOTALL)
_ASKS_FOR_SYNCHRONIZED_OUTPUT = b"\x1b[?2026$p"


class PseudoTerminal:
    """A program that runs on a terminal of its own; close it.

    Args:
        command: The program and its arguments.
        columns: Of the terminal.
        lines: Of the terminal.
        environment: In place of this process's own where it says something.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        lines: int = 40,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.received_bytes = 0
        self.last_byte_at_s = 0.0
        said = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
        for name in ("COLUMNS", "LINES", "NO_COLOR"):
            said.pop(name, None)
        self.started_at_s = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            os.execvpe(command[0], list(command), said)  # noqa: S606 - a program, no shell

    def __enter__(self) -> PseudoTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def rows(self) -> list[str]:
        """What the screen shows."""
        return list(self.screen.display)

    def press(self, keys: str) -> float:
        """Send keys as a terminal does; the moment at which they were sent."""
        os.write(self._fd, keys.encode())
        return time.monotonic()

    def wait_for(self, holds: Callable[[list[str]], bool], patience_s: float = 20.0) -> float:
        """The moment at which the bytes came that made the screen so.

        Raises:
            TimeoutError: it did not become so.
        """
        until_s = time.monotonic() + patience_s
        while not holds(self.rows):
            if not self._read(max(0.0, until_s - time.monotonic())):
                raise TimeoutError("\n".join(line.rstrip() for line in self.rows if line.strip()))
        return self.last_byte_at_s

    def settle(self, quiet_s: float = QUIET_S, patience_s: float = 10.0) -> None:
        """Draw until the program is quiet."""
        until_s = time.monotonic() + patience_s
        while time.monotonic() < until_s and self._read(quiet_s):
            pass

    def close(self) -> None:
        """End the program, whatever it does."""
        os.kill(self.pid, signal.SIGTERM)
        os.close(self._fd)
        until_s = time.monotonic() + 5
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > until_s:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.01)

    def _read(self, patience_s: float) -> bool:
        """Draw what came; False when nothing did, or the program has ended."""
        readable, _, _ = select.select([self._fd], [], [], patience_s)
        if not readable:
            return False
        try:
            piece = os.read(self._fd, READ_BYTES)
        except OSError:
            return False
        self.last_byte_at_s = time.monotonic()
        self.received_bytes += len(piece)
        if _ASKS_FOR_SYNCHRONIZED_OUTPUT in piece:
            os.write(self._fd, b"\x1b[?2026;2$y")
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", piece))
        return bool(piece)


def program(name: str) -> str:
    """One of the project's own programs, beside the Python that runs."""
    return str(Path(sys.executable).with_name(name))
