"""What ends the sentry when it stands still: opens on the whole server wait for it.

A thread looks at the loop's heartbeat; when it stops, the process kills itself. The kernel then lets every open go on
that waits, systemd starts a new sentry, and the log gets a gap. Against a stopped process (SIGSTOP) only somebody else
helps: systemd's watchdog (sd_notify(3)), which the unit asks for.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

PATIENCE_S = 3.0
"""At least; more when an open may wait longer."""


def _kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Guard:
    """Args:
    patience_s: How long the loop may stand still.
    end: What is done then.
    """

    def __init__(self, patience_s: float, *, end: Callable[[], None] = _kill_self) -> None:
        self._patience_s = patience_s
        self._end = end
        self._beat_s = time.monotonic()
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="guard", daemon=True)

    def start(self) -> None:
        self.beat()
        self._thread.start()

    def beat(self) -> None:
        """The loop goes round."""
        self._beat_s = time.monotonic()

    def stop(self) -> None:
        self._leaving.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._leaving.wait(self._patience_s / 4):
            if time.monotonic() - self._beat_s > self._patience_s:
                self._end()
                return


def notify(state: str) -> None:
    """Tell systemd, when it is systemd that started this: `READY=1`, `WATCHDOG=1`, `STOPPING=1`."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as telling:
        telling.setblocking(False)
        telling.sendto(state.encode(), address)
