from __future__ import annotations

import asyncio
import os
import pty
import signal
import subprocess
import sys

from tui.hangup import exit_on_signals, has_hung_up


def test_a_terminal_that_is_there_has_not_hung_up() -> None:
    ours, theirs = pty.openpty()
    try:
        assert not has_hung_up(theirs)
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_terminal_whose_other_end_closed_has_hung_up() -> None:
    ours, theirs = pty.openpty()
    os.close(ours)
    try:
        assert has_hung_up(theirs)
    finally:
        os.close(theirs)


def test_a_closed_descriptor_counts_as_hung_up() -> None:
    read, write = os.pipe()
    os.close(write)
    os.close(read)
    assert has_hung_up(read)


def test_a_signal_to_stop_leaves_with_the_code_that_shells_count() -> None:
    async def stopped() -> int:
        codes: asyncio.Queue[int] = asyncio.Queue()
        exit_on_signals(codes.put_nowait)
        os.kill(os.getpid(), signal.SIGTERM)
        return await codes.get()

    assert asyncio.run(stopped()) == 143


def test_an_ignored_hang_up_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def kept() -> object:
        exit_on_signals(lambda code: None)
        return signal.getsignal(signal.SIGHUP)

    try:
        assert asyncio.run(kept()) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


BLOCKED = """
import signal, threading
from tui.hangup import exit_when_hung_up
signal.signal(signal.SIGHUP, signal.SIG_IGN)
exit_when_hung_up()
print("ready", flush=True)
threading.Event().wait()
"""


def test_a_program_whose_event_loop_is_stuck_leaves_with_its_terminal() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", BLOCKED], stdin=theirs, stdout=subprocess.PIPE) as program:
        os.close(theirs)
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        os.close(ours)
        assert program.wait(20) == 129
