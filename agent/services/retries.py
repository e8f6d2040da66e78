"""A request that comes again under its id, because its answer was lost on the way: it needs no second entry.

Only what is the same in every word counts: who, in which session, action, target, part, purpose, case, reason. What is
remembered is bounded, in number and in time; when in doubt a new entry is written.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

RETRY_S = 30.0
REMEMBERED = 1000
RETRIES = 2
"""How often one entry stands for a repetition."""


class Retries:
    """See the module.

    Args:
        now_s: A clock that only goes forward.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._seen: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, asked: Hashable) -> None:
        """An entry of this has become durable."""
        with self._lock:
            self._seen[asked] = self._now_s(), 0
            self._seen.move_to_end(asked)
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def is_covered(self, asked: Hashable) -> bool:
        """Whether a durable entry stands for this repetition of it."""
        with self._lock:
            at_s, times = self._seen.get(asked, (0.0, RETRIES))
            if times >= RETRIES or self._now_s() - at_s > RETRY_S:
                return False
            self._seen[asked] = at_s, times + 1
            return True
