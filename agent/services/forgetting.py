"""Forgetting what people typed into searches, and the command lines of direct opens, once the settings say so.

The words stand beside the log, never in it: when they go, the entries and their digests stay as they are, and an entry
says how many words went.
"""

from __future__ import annotations

import logging
import threading

from agent.audit.entry import AGENT, Draft
from agent.errors import EarwitnessError
from agent.installation import Installation
from agent.wire import Outcome
from db.engine import RegisterError
from db.queries import log_words

DAY_MS = 24 * 3_600_000
EVERY_S = 3600.0
FORGOTTEN = (log_words.SEARCH, log_words.OPENER)

journal = logging.getLogger("earwitness.log")


class Forgetting:
    """Does it every hour in a thread of its own, from `start` to `stop`."""

    def __init__(self, house: Installation) -> None:
        self._house = house
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forgetting")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._leaving.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._leaving.is_set():
            try:
                self.forget()
            except (EarwitnessError, RegisterError) as error:
                journal.error("words of old searches are still kept: %s", error)
            self._leaving.wait(EVERY_S)

    def forget(self) -> int:
        """Erase what has been kept long enough, with its entry, in one transaction; how many words.

        Raises:
            RegisterError: nothing was erased.
        """
        days = self._house.settings.log.words_days
        before_ms = self._house.now_ms() - days * DAY_MS + (0 if days else 1)
        with self._house.register.read():
            due = sum(log_words.count_before(kind, before_ms) for kind in FORGOTTEN)
        return self._house.register.write(lambda: self._erased(days, before_ms)) if due else 0

    def _erased(self, days: int, before_ms: int) -> int:
        count = sum(log_words.forget_before(kind, before_ms) for kind in FORGOTTEN)
        self._house.log.append(Draft(AGENT, "log.forget", Outcome.ALLOWED, detail={"words": count, "days": days}))
        return count
