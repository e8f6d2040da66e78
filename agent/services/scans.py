"""News of what a `scan` takes in: it has a process of its own, and those who watch are the agent's."""

from __future__ import annotations

import logging
import threading

from agent.installation import Installation
from agent.intake.claims import Claims
from agent.intake.scan_state import TOLD_EVERY_S, mark_of
from agent.services.news import News
from db.engine import RegisterError
from db.queries import recent_arrivals

journal = logging.getLogger("earwitness.intake")


class Scans:
    """Looks every second in a thread of its own, from `start` to `stop`.

    A look costs the state of one file, as long as no scan runs.
    """

    def __init__(self, house: Installation, news: News) -> None:
        self._house = house
        self._news = news
        self._folder = house.settings.state_dir
        self._claims = Claims(self._folder)
        self._mark = mark_of(self._folder)
        self._was_running = False
        self._known_recording = 0
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scans")

    def start(self) -> None:
        self.begin()
        self._thread.start()

    def stop(self) -> None:
        self._leaving.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._leaving.wait(TOLD_EVERY_S):
            try:
                self.look()
            except (OSError, RegisterError) as error:
                journal.error("what a scan takes in is not told: %s", getattr(error, "strerror", None) or error)

    def begin(self) -> None:
        """What is there now is no news."""
        with self._house.register.read():
            self._known_recording = recent_arrivals.newest()

    def look(self) -> None:
        """Tell those who watch, if a scan has told of itself since the last look, or has ended.

        Raises:
            OSError, RegisterError: it cannot be found out; the next look tells it.
        """
        mark = mark_of(self._folder)
        has_told = mark != self._mark
        if not has_told and not self._was_running:
            return
        is_running = self._claims.is_scanned()
        if has_told or not is_running:
            self._tell()
        self._mark, self._was_running = mark, is_running

    def _tell(self) -> None:
        with self._house.register.read():
            newest = recent_arrivals.newest()
            accounts = recent_arrivals.accounts_since(self._known_recording)
        self._known_recording = newest
        for account in accounts:
            self._news.publish("contacts", account)
        self._news.publish("audit")
        self._news.publish("intake")
