"""Direct opens in the running agent: the sentry's post, the last resort without it, and what is to be said of both."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from agent import wire
from agent.direct_opens import runs
from agent.direct_opens.last_resort import LastResort, unattributed
from agent.direct_opens.planned import places
from agent.direct_opens.post import Post, permitted_users
from agent.installation import Installation
from db.engine import RegisterError
from db.queries import direct_opens as stored

GRACE_S = 5.0
"""A sentry that was there before has this long to come back before its run is closed and the last resort begins."""
GAPS_OF_MS = 28 * 86_400_000


class DirectOpens:
    """Args:
    house: The installation.
    grace_s: See `GRACE_S`.
    """

    def __init__(self, house: Installation, *, grace_s: float = GRACE_S) -> None:
        self._house = house
        self._settings = house.settings.sentry
        self._grace_s = grace_s
        users = permitted_users(self._settings.user)
        self._post = Post(house.settings.sentry_socket, users, house.register, house.log, self._changed)
        self._last_resort: LastResort | None = None
        self._has_changed = threading.Event()
        self._is_stopping = False
        self._was_there = False
        self._thread = threading.Thread(target=self._watch, name="direct-opens-watch")

    def start(self) -> None:
        """Listen for the sentry.

        Raises:
            Conflict: something else lies where its socket belongs.
        """
        with self._house.register.read():
            self._was_there = runs.newest() is not None
        self._post.start()
        self._thread.start()

    def stop(self) -> None:
        self._is_stopping = True
        self._has_changed.set()
        self._thread.join()
        self._post.stop()

    def state(self) -> wire.SentryState:
        """Inside a read of the register."""
        gaps = stored.count_since("sentry.gap", self._house.now_ms() - GAPS_OF_MS)
        seeing = self._post.seeing
        if seeing is not None:
            since = datetime.fromtimestamp(seeing.since_ms / 1000, UTC)
            return wire.SentryState(seeing="attributed", since=since, gaps=gaps, trouble=self._unwatched())
        resort = self._last_resort
        trouble = "no sentry is there: direct opens are not attributed; earwitness-agent doctor says what to do"
        if resort is not None and resort.is_watching:
            return wire.SentryState(seeing="unattributed", gaps=gaps, trouble=trouble)
        return wire.SentryState(seeing="nothing", gaps=gaps, trouble=trouble)

    def troubles(self) -> list[str]:
        """What is wrong, in English; that there never was a sentry is not."""
        found = [self._post.trouble, self._unwatched()]
        if self._was_there and self._post.seeing is None:
            found.append("the sentry is not there: nobody sees who opens a file on the server")
        return [trouble for trouble in found if trouble]

    def _unwatched(self) -> str | None:
        seeing = self._post.seeing
        if seeing is None or not seeing.unwatched:
            return None
        return f"the sentry cannot watch: {', '.join(seeing.unwatched)}"

    # --- while there is no sentry ------------------------------------------------------------------------------------

    def _changed(self) -> None:
        self._was_there = True
        self._has_changed.set()

    def _watch(self) -> None:
        alone_since_s = time.monotonic()
        is_closed = False
        while not self._is_stopping:
            if self._post.seeing is not None:
                alone_since_s, is_closed = time.monotonic(), False
                self._end_last_resort()
            elif time.monotonic() - alone_since_s >= self._grace_s and not is_closed:
                is_closed = True
                self._close_run()
                self._begin_last_resort()
            self._has_changed.wait(self._grace_s)
            self._has_changed.clear()
        self._end_last_resort()

    def _close_run(self) -> None:
        """A run that the agent finds unclosed when it starts, and whose sentry does not come, ended unseen."""

        def job() -> None:
            last = runs.newest()
            if last is not None and not last.is_closed and self._post.seeing is None:
                self._house.log.append(runs.left(last.id, by_itself=False))

        with suppress(RegisterError):
            self._house.register.write(job)

    def _begin_last_resort(self) -> None:
        if self._settings.last_resort == "none":
            return
        if self._last_resort is None:
            self._last_resort = LastResort(places(self._house.settings), self._enter)
        self._last_resort.start()

    def _end_last_resort(self) -> None:
        if self._last_resort is not None:
            self._last_resort.stop()

    def _enter(self, opened: Sequence[tuple[str, str, int]]) -> None:
        log = self._house.log

        def job() -> None:
            for place, name, count in opened:
                log.append(unattributed(place, name, count, log.digest))

        with suppress(RegisterError):
            self._house.register.write(job)
