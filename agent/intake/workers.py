"""The threads that take complete files in, each file in one of them, one step after the other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from agent.installation import Installation
from agent.intake.left import UNREADABLE, Left
from agent.intake.opened import Opened, Unreadable, spool_of
from agent.intake.pause import Pause
from agent.intake.pipeline import Pipeline, SourceChanged, Taken
from agent.intake.prepared import Foreign
from agent.intake.rate import ByMinute
from agent.intake.spool import Spool
from agent.vault.keys import SealBroken
from db.engine import RegisterUnwritable

WORKERS = 4

journal = logging.getLogger("earwitness.intake")


class Workers:
    """See the module.

    Args:
        house: The installation.
        pipeline: How a file is taken in.
        left: Where a file is noted that is no recording and stays.
        pause: Told when nothing can be taken in, and when something was.
        lock: Of the spools.
        taken: Told of every file that was taken in.
        done: Told after each file, whatever became of it.
    """

    def __init__(
        self,
        house: Installation,
        pipeline: Pipeline,
        left: Left,
        pause: Pause,
        lock: threading.Lock,
        taken: Callable[[Taken], None],
        done: Callable[[], None],
    ) -> None:
        self._house = house
        self._pipeline = pipeline
        self._left = left
        self._pause = pause
        self._lock = lock
        self._taken = taken
        self._done = done
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="intake-worker")
        self.by_minute = ByMinute()

    def take_in(self, spool: Spool, opened: Opened, relative_name: str) -> None:
        """Have a file taken in, which stands among those in work; it is closed then."""
        self._threads.submit(self._take_in, spool, opened, relative_name).add_done_callback(_ended)

    def stop(self) -> None:
        """Finish what is in work."""
        self._threads.shutdown()

    def _take_in(self, spool: Spool, opened: Opened, relative_name: str) -> None:
        def told(taken: Taken) -> None:
            if taken.contact_id is not None and taken.is_new:
                with self._lock:
                    spool.taken_in += 1
                    spool.last_taken_in_at_ms = self._house.now_ms()
                    self.by_minute.count(self._house.now_ms())
                spool.silence.heard()
            self._pause.end()
            self._taken(taken)

        try:
            source = spool.source
            with (
                opened,
                spool_of(source) as spool_fd,
                self._pipeline.having(source, opened, relative_name) as is_ours,
            ):
                if is_ours:
                    self._take_in_or_leave(spool, spool_fd, opened, relative_name, told)
        except SourceChanged:
            return  # the next event or rescan finds it again, as it does one that cannot be read
        except (OSError, RegisterUnwritable, SealBroken) as error:
            self._pause.begin(error)
        finally:
            with self._lock:
                spool.in_work.discard(relative_name)
            self._done()

    def _take_in_or_leave(
        self, spool: Spool, spool_fd: int, opened: Opened, relative_name: str, told: Callable[[Taken], None]
    ) -> None:
        try:
            self._pipeline.take_in(spool.source, spool_fd, opened, relative_name, told, forget=False)
        except Foreign as foreign:
            if self._left.note(spool.source, spool_fd, relative_name, foreign.reason, "", is_foreign=True):
                self._taken(Taken(None))
        except Unreadable as error:
            if self._left.note(spool.source, spool_fd, relative_name, UNREADABLE, error.strerror or ""):
                self._taken(Taken(None))
        else:
            if spool.in_place is not None:
                self._left.end(spool.source, relative_name)


def _ended(future: Future[None]) -> None:
    error = future.exception()
    if error is not None:
        journal.error("a file could not be taken in: %s; it stays in its spool", type(error).__name__)
