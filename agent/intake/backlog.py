"""Years of calls at once: every complete file of the spools taken in by several workers, with a count of how far it is.

It may run beside a running agent, in a process of its own: each file is claimed (`agent.intake.claims`), so that one of
the two takes it in. Files that are still being written are left to the agent. A stop between any two files, or a crash,
leaves what is done done; the next call goes on.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field

from agent.installation import Installation
from agent.intake.completeness import Progress, Ready, Thresholds
from agent.intake.opened import NotRegular, Opened, open_in_spool, spool_of
from agent.intake.pipeline import Pipeline
from agent.intake.scan import Role, scan
from agent.intake.sighting import seen
from agent.settings import Source

WORKERS = 4
TOGETHER = 16
"""Files that a worker takes in together, at most."""
TOGETHER_BYTES = 16 << 20
"""Their sizes together, unless one alone is larger: so much is sealed again when one of them fails."""
NICENESS = 10
"""What an agent takes in meanwhile comes first."""
AHEAD = 2 * WORKERS
"""Such groups that wait at a time."""
TOLD_WITHIN_S = 1.0
"""How far it is, is told at least so often."""


@dataclass
class Tally:
    files: int = 0
    """Found in the spools."""
    found_bytes: int = field(default=0, compare=False)
    """Their sizes together."""
    done_bytes: int = field(default=0, compare=False)
    taken_in: int = 0
    quarantined: int = 0
    waiting: int = 0
    """Not complete yet, not to be opened or read, or taken in by somebody else: the running agent sees to them."""
    taken_bytes: int = 0

    @property
    def done(self) -> int:
        return self.taken_in + self.quarantined + self.waiting


class Backlog:
    """Takes in what lies in the spools of an installation.

    Args:
        house: The installation.
        told: Called after every group of files, and at least every second.
        is_stopping: Asked between files; what is begun is finished.
        beside_agent: An agent runs: what a crash has left is for it to see to.
    """

    def __init__(
        self,
        house: Installation,
        told: Callable[[Tally], None],
        is_stopping: Callable[[], bool] = lambda: False,
        *,
        beside_agent: bool = False,
    ) -> None:
        self._house = house
        self._pipeline = Pipeline(house)
        self._told = told
        self._is_stopping = is_stopping
        self._beside_agent = beside_agent
        self._lock = threading.Lock()
        self.tally = Tally()

    def take_in(self) -> Tally:
        """Take everything in. Interrupted, what is done is done, and the next call goes on.

        Raises:
            OSError, RegisterUnwritable: disk full, I/O error; the files lie where they lay.
        """
        if not self._beside_agent:
            self._pipeline.recover()
        names = {source.name: self._found(source) for source in self._house.settings.source}
        self._told(self.tally)
        with closing(self._pipeline.calls), ThreadPoolExecutor(WORKERS, "backlog", _be_nice) as workers:
            running: set[Future[None]] = set()
            for source in self._house.settings.source:
                for group in _groups(names[source.name]):
                    if self._is_stopping():
                        break
                    running.add(workers.submit(self._together, source, group))
                    while len(running) >= AHEAD:
                        running = self._settled(running)
            while running:
                running = self._settled(running)
        return self.tally

    def _found(self, source: Source) -> list[str]:
        found = dict(_candidates(source))
        self.tally.files += len(found)
        self.tally.found_bytes += sum(found.values())
        return sorted(found)

    def _settled(self, running: set[Future[None]]) -> set[Future[None]]:
        done, left = wait(running, TOLD_WITHIN_S, FIRST_COMPLETED)
        for future in done:
            future.result()
        with self._lock:
            self._told(self.tally)
        return left

    def _together(self, source: Source, names: list[str]) -> None:
        with spool_of(source) as spool_fd:
            while names and not self._is_stopping():
                with ExitStack() as held:
                    files: list[tuple[Opened, str]] = []
                    size_bytes = 0
                    while names and (not files or size_bytes < TOGETHER_BYTES):
                        name = names.pop(0)
                        opened = self._complete(held, source, spool_fd, name)
                        if opened is None:
                            self._count(waiting=1)
                        else:
                            files.append((opened, name))
                            size_bytes += opened.identity.size_bytes
                    self._take_in(source, spool_fd, files)

    def _take_in(self, source: Source, spool_fd: int, files: list[tuple[Opened, str]]) -> None:
        if not files:
            return
        outcomes = self._pipeline.take_in_together(source, spool_fd, files)
        for (opened, _name), taken in zip(files, outcomes, strict=True):
            size_bytes = opened.identity.size_bytes
            if taken is None:
                self._count(waiting=1, done_bytes=size_bytes)
            elif taken.contact_id is None:
                self._count(quarantined=1, taken_bytes=size_bytes, done_bytes=size_bytes)
            else:
                self._count(taken_in=1, taken_bytes=size_bytes, done_bytes=size_bytes)

    def _complete(self, held: ExitStack, source: Source, spool_fd: int, name: str) -> Opened | None:
        """A file that is complete and nobody else's, held open; None when it is not."""
        with suppress(NotRegular, OSError), ExitStack() as own:
            opened = own.enter_context(open_in_spool(spool_fd, name))
            if (
                not self._pipeline.is_taken_in(source, name, opened.identity)
                and _is_complete(source, opened)
                and own.enter_context(self._pipeline.having(source, opened, name))
            ):
                held.push(own.pop_all())
                return opened
        return None

    def _count(self, **more: int) -> None:
        with self._lock:
            for name, number in more.items():
                setattr(self.tally, name, getattr(self.tally, name) + number)


def _be_nice() -> None:
    """Of the calling thread alone: sched(7), Linux's own deviation."""
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)


def _groups(names: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(names), TOGETHER):
        yield names[first : first + TOGETHER]


def _candidates(source: Source) -> Iterator[tuple[str, int]]:
    """Names and sizes."""
    try:
        with spool_of(source) as spool_fd:
            for found in scan(spool_fd):
                if found.role is Role.CANDIDATE:
                    with suppress(OSError):
                        yield found.relative_name, os.lstat(found.relative_name, dir_fd=spool_fd).st_size
    except FileNotFoundError:
        return


def _is_complete(source: Source, opened: Opened) -> bool:
    """Whether a file is so old that nobody is writing it any more."""
    return isinstance(Progress(Thresholds.of(source)).seen(seen(opened), time.time_ns()), Ready)
