"""What is carried out of the house, each to its place by a thread of its own.

Nobody waits for a delivery: the log wakes it and goes on. One that hangs or fails holds up no other; it says so in
words, waits a little longer each time, and goes on from where it was.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from db.engine import RegisterError

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
IDLE_S = 60.0
"""How long a delivery sleeps at most, should nobody wake it."""
LEAVE_S = 3.0
"""What the agent's stopping grants to a delivery that is under way."""
SLICE_S = 0.2
"""A wait is cut into pieces of this length, so that it ends soon when the agent stops."""

journal = logging.getLogger("earwitness")


class NotDelivered(Exception):
    """Something was not taken. Its text says why, in English, without outside text."""


class Patience:
    """How long one thing may take without getting on.

    Args:
        seconds: See above.
        leave_at_s: Tells when everything must end (`time.monotonic`); None while the agent runs.
    """

    def __init__(self, seconds: float, leave_at_s: Callable[[], float | None] = lambda: None) -> None:
        self._seconds = seconds
        self._leave_at_s = leave_at_s
        self._until_s = time.monotonic() + seconds

    def got_on(self) -> None:
        """Something was taken: the waiting begins anew."""
        self._until_s = time.monotonic() + self._seconds

    def left_s(self) -> float:
        """Seconds left.

        Raises:
            NotDelivered: none.
        """
        leave_at_s = self._leave_at_s()
        until_s = self._until_s if leave_at_s is None else min(self._until_s, leave_at_s)
        if (left_s := until_s - time.monotonic()) <= 0:
            raise NotDelivered(f"it does not answer within {self._seconds:g} s")
        return left_s

    def slice_s(self) -> float:
        """How long to wait before asking again.

        Raises:
            NotDelivered: there is no time left.
        """
        return min(self.left_s(), SLICE_S)


Carry = Callable[[Patience], bool]
"""Deliver what is new, if there is something. True: there is more already. Raises NotDelivered or RegisterError."""


class Delivery:
    """One place, and the thread that carries what is new there.

    Args:
        name: For the journal and for people.
        carry: See there.
        timeout_s: How long the place may keep it waiting.
        interval_s: At most one delivery in this time.
        close: Lets go of the place.
    """

    def __init__(
        self, name: str, carry: Carry, *, timeout_s: float, interval_s: float, close: Callable[[], None] = lambda: None
    ) -> None:
        self.name = name
        self._carry = carry
        self._timeout_s = timeout_s
        self._interval_s = interval_s
        self._close = close
        self._woken = threading.Event()
        self._leaving = threading.Event()
        self._leave_at_s: float | None = None
        self._failed: str | None = None
        self._failures = 0
        self._busy_since_s: float | None = None
        # Ends with the process: a write to a dead network file system may never return.
        self._thread = threading.Thread(target=self._run, name=f"delivery {name}"[:60], daemon=True)

    @property
    def trouble(self) -> str | None:
        """Why nothing arrives there, in English; None when all is well."""
        busy_since_s = self._busy_since_s
        if busy_since_s is not None and (busy_s := time.monotonic() - busy_since_s) > self._timeout_s * 2 + 1:
            return f"it has not come to an end for {busy_s:.0f} s"
        return self._failed

    def start(self) -> None:
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """There may be something new. From any thread; never waits, never fails."""
        self._woken.set()

    def leave(self) -> None:
        """Deliver what is still there, as far as that goes, and end. Returns at once; see `join`."""
        self._leave_at_s = time.monotonic() + LEAVE_S
        self._leaving.set()
        self._woken.set()

    def join(self) -> None:
        """Wait for the end, but not for somebody who does not come to one."""
        if self._thread.ident is not None:
            self._thread.join(LEAVE_S + 1)
            if self._thread.is_alive():
                journal.warning("%s: %s", self.name, "left behind, it does not come to an end")

    def _run(self) -> None:
        try:
            while True:
                self._woken.wait(IDLE_S)
                self._woken.clear()
                is_last = self._leaving.is_set()
                self._deliver()
                if is_last:
                    return
                self._leaving.wait(self._pause_s() if self._failures else self._interval_s)
                if self._failures:
                    self._woken.set()
        finally:
            self._close()

    def _deliver(self) -> None:
        try:
            while self._once() and not self._must_end():
                pass
        except NotDelivered as why:
            self._fail(str(why))
        except RegisterError as why:
            self._fail(f"the register cannot be read or written ({why})")
        except Exception as error:  # noqa: BLE001 - a mistake of ours must neither end the thread unseen nor name a value
            self._fail(f"a mistake in the agent ({type(error).__name__})")
        else:
            if self._failed is not None:
                journal.info("%s: delivered again", self.name)
            self._failed, self._failures = None, 0

    def _must_end(self) -> bool:
        return self._leave_at_s is not None and time.monotonic() > self._leave_at_s

    def _once(self) -> bool:
        self._busy_since_s = time.monotonic()
        try:
            return self._carry(Patience(self._timeout_s, lambda: self._leave_at_s))
        finally:
            self._busy_since_s = None

    def _fail(self, why: str) -> None:
        if why != self._failed and not self._leaving.is_set():
            journal.warning("%s: %s", self.name, why)
        self._failed = why
        self._failures += 1

    def _pause_s(self) -> float:
        return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._failures - 1, 16)))
