"""Years of calls at once: every complete file of the spools taken in by several workers, with a count of how far it is.

For an agent that does not run; one that runs takes the same files in by itself. Files that are still being written are
left to the running agent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from agent.installation import Installation
from agent.intake.completeness import Progress, Ready, Thresholds
from agent.intake.loop import WORKERS
from agent.intake.opened import NotRegular, Opened, open_in_spool
from agent.intake.pipeline import Pipeline, SourceChanged
from agent.intake.scan import Role, scan
from agent.intake.sighting import seen
from agent.intake.spool import spool_of
from agent.settings import Source

AHEAD = 4 * WORKERS
"""Files that are open at a time."""


@dataclass
class Tally:
    files: int = 0
    """Found in the spools."""
    taken_in: int = 0
    quarantined: int = 0
    waiting: int = 0
    """Not complete yet, or not to be opened: the running agent sees to them."""
    taken_bytes: int = 0

    @property
    def done(self) -> int:
        return self.taken_in + self.quarantined + self.waiting


class Backlog:
    """Takes in what lies in the spools of an installation whose agent does not run.

    Args:
        house: The installation.
        told: Called after every file.
    """

    def __init__(self, house: Installation, told: Callable[[Tally], None]) -> None:
        self._house = house
        self._pipeline = Pipeline(house)
        self._told = told
        self.tally = Tally()

    def take_in(self) -> Tally:
        """Take everything in. Interrupted, what is done is done, and the next call goes on.

        Raises:
            OSError, RegisterUnwritable: disk full, I/O error; the files lie where they lay.
        """
        self._pipeline.recover()
        names = {source.name: list(_candidates(source)) for source in self._house.settings.source}
        self.tally.files = sum(map(len, names.values()))
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="backlog") as workers:
            running: set[Future[None]] = set()
            for source in self._house.settings.source:
                for relative_name in names[source.name]:
                    running.add(workers.submit(self._one, source, relative_name))
                    if len(running) >= AHEAD:
                        running = self._settled(running)
            while running:
                running = self._settled(running)
        return self.tally

    def _settled(self, running: set[Future[None]]) -> set[Future[None]]:
        done, left = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            future.result()
        self._told(self.tally)
        return left

    def _one(self, source: Source, relative_name: str) -> None:
        with spool_of(source) as spool_fd:
            try:
                opened = open_in_spool(spool_fd, relative_name)
            except (NotRegular, OSError):
                self.tally.waiting += 1
                return
            with opened:
                is_taken_in = self._pipeline.is_taken_in(source, relative_name, opened.identity)
                if is_taken_in or not _is_complete(source, opened):
                    self.tally.waiting += 1
                    return
                try:
                    taken = self._pipeline.take_in(source, spool_fd, opened, relative_name)
                except SourceChanged:
                    self.tally.waiting += 1
                    return
            if taken.contact_id is None:
                self.tally.quarantined += 1
            else:
                self.tally.taken_in += 1
            self.tally.taken_bytes += opened.identity.size_bytes


def _candidates(source: Source) -> Iterator[str]:
    try:
        with spool_of(source) as spool_fd:
            for found in scan(spool_fd):
                if found.role is Role.CANDIDATE:
                    yield found.relative_name
    except FileNotFoundError:
        return


def _is_complete(source: Source, opened: Opened) -> bool:
    """Whether a file is so old that nobody is writing it any more."""
    return isinstance(Progress(Thresholds.of(source)).seen(seen(opened), time.time_ns()), Ready)
