"""Records to a program of the site's own: one that runs on and reads lines, or one that is run for each.

What a running program has not read yet is still in the pipe and dies with it; so lines count as taken once the pipe is
empty (FIONREAD, pipe(7)) and the program still runs. A program that ends for itself gets what it was given before its
end once more, from its next start on, beginning with a whole line.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from contextlib import suppress

from agent.forwarding.delivery import NotDelivered, Patience
from agent.forwarding.sink import Record

POLL_S = 0.005


def started(argv: Sequence[str], *, output: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start a program in a group of its own, its input a pipe that never blocks us.

    Raises:
        NotDelivered: it cannot be started.
    """
    try:
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=output, start_new_session=True, bufsize=0)
    except OSError as error:
        raise NotDelivered(f"the command cannot be started ({error.strerror})") from error
    assert process.stdin is not None
    os.set_blocking(process.stdin.fileno(), False)
    return process


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it has started."""
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(1)


class RunningCommand:
    """Kept running; each record is a line on its standard input.

    Args:
        argv: Program and arguments.
    """

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv = argv
        self._process: subprocess.Popen[bytes] | None = None

    def send(self, records: Sequence[Record], patience: Patience) -> None:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = started(self._argv)
        try:
            self._write(self._process, b"".join(record.line + b"\n" for record in records), patience)
        except OSError as error:
            code = self._process.poll()
            self.close()
            raise NotDelivered(f"the command has ended (exit code {code})") from error
        except NotDelivered:
            self.close()
            raise

    @staticmethod
    def _write(process: subprocess.Popen[bytes], lines: bytes, patience: Patience) -> None:
        assert process.stdin is not None
        pipe, view, unread = process.stdin.fileno(), memoryview(lines), -1
        while view:
            try:
                view = view[os.write(pipe, view) :]
            except BlockingIOError:
                select.select([], [pipe], [], patience.slice_s())
            else:
                patience.got_on()
        while now := struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]:
            if now != unread:
                patience.got_on()
            unread = now
            if process.poll() is not None:
                raise BrokenPipeError
            time.sleep(min(POLL_S, patience.slice_s()))
        if process.poll() is not None:
            raise BrokenPipeError

    def close(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            if process.stdin:
                with suppress(OSError):
                    process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)  # it may finish what it has read
            ended(process)


class CommandForEach:
    """Run once for each record, which stands whole on its standard input; taken when it exits with 0.

    Args:
        argv: Program and arguments.
    """

    def __init__(self, argv: Sequence[str]) -> None:
        self._argv = argv

    def send(self, records: Sequence[Record], patience: Patience) -> None:
        for record in records:
            process = started(self._argv)
            try:
                write_all(process, record.whole, patience)
                while process.poll() is None:
                    time.sleep(min(POLL_S, patience.slice_s()))
            finally:
                ended(process)
            if process.returncode:
                raise NotDelivered(f"the command failed (exit code {process.returncode})")
            patience.got_on()

    def close(self) -> None:
        pass


def write_all(process: subprocess.Popen[bytes], data: bytes, patience: Patience) -> None:
    """Say everything and close the input; a program that does not want to hear it all may have its reasons.

    Raises:
        NotDelivered: it takes too long.
    """
    assert process.stdin is not None
    view = memoryview(data)
    with suppress(BrokenPipeError):
        while view:
            try:
                view = view[os.write(process.stdin.fileno(), view) :]
            except BlockingIOError:
                select.select([], [process.stdin], [], patience.slice_s())
    process.stdin.close()
