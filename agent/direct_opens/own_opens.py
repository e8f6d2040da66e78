"""What this process opens itself, so that a watcher that cannot tell who opened does not take it for somebody.

Python tells of each of its opens beforehand (PEP 578, `sys.addaudithook`, event `open`); opens made in C are not told,
which is why the register is not watched in this way. A name counts for a moment only: an open that failed hides nothing
later on.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque

KEPT_S = 5.0


class OwnOpens:
    """Once made it is told of every open for as long as the process lives; `is_counting` turns that into nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opened: deque[tuple[float, str]] = deque()
        self.is_counting = False
        sys.addaudithook(self._told)

    def _told(self, event: str, arguments: tuple[object, ...]) -> None:
        if event != "open" or not self.is_counting or not arguments:
            return
        path = arguments[0]
        if isinstance(path, str | bytes):
            name = os.path.basename(os.fsdecode(path))  # noqa: PTH119 - this runs at every open
            with self._lock:
                self._opened.append((time.monotonic(), name))
                self._forget()

    def take(self, name: str) -> bool:
        """Whether an open of this name was ours, which then is accounted for."""
        with self._lock:
            self._forget()
            for opened in self._opened:
                if opened[1] == name:
                    self._opened.remove(opened)
                    return True
        return False

    def _forget(self) -> None:
        while self._opened and time.monotonic() - self._opened[0][0] > KEPT_S:
            self._opened.popleft()
