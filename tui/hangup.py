"""End in good order when the terminal is taken away or the program is told to stop.

SIGTERM and SIGHUP leave through the ordinary exit, which restores the terminal. Where SIGHUP is ignored (nohup, some
sudo), or where Textual's writer has died on the terminal that went away and the event loop waits for it for ever, the
file descriptor itself is asked, in a thread that waits for nothing else.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import threading
from collections.abc import Callable

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
TERMINAL_FD = 0


def exit_on_signals(leave: Callable[[int], None]) -> None:
    """Call `leave` with 128 + the signal's number, as shells count; a signal that is ignored stays so."""
    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, leave, 128 + number)


def exit_when_hung_up(descriptor: int = TERMINAL_FD) -> None:
    """From now on, leave at once when the terminal is gone; there is nothing left to restore."""
    threading.Thread(target=_leave_with, args=(descriptor,), name="hang-up", daemon=True).start()


def _leave_with(descriptor: int) -> None:
    while not has_hung_up(descriptor, wait_ms=None):
        continue
    os._exit(128 + signal.SIGHUP)


def has_hung_up(descriptor: int, *, wait_ms: int | None = 0) -> bool:
    """Whether the other end is gone; with `wait_ms` None it waits until something can be said of it."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(state & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, state in poll.poll(wait_ms))
