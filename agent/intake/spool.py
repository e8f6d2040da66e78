"""What the intake knows of one source: what waits in its spool, what is in work, and how it goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from agent.intake.completeness import Progress
from agent.intake.watcher import Watcher
from agent.settings import Source


@contextmanager
def spool_of(source: Source) -> Iterator[int]:
    """A descriptor of a source's spool.

    Raises:
        OSError: it is not there, or not to be read.
    """
    descriptor = os.open(source.spool, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@dataclass
class Waiting:
    progress: Progress
    look_at_s: float
    is_live: bool
    """Somebody has just closed it: it comes before what a rescan found."""


@dataclass
class Spool:
    """What the loop knows of one source."""

    source: Source
    watcher: Watcher
    waiting: dict[str, Waiting] = field(default_factory=dict)
    in_work: set[str] = field(default_factory=set)
    left: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """Path = (id in the quarantine, identity) of what could not be opened and lies where it lay."""
    trouble: str | None = None
    """Why it could not be read through, in English; None when it could."""
    left_alone: int = 0
    taken_in: int = 0
    last_taken_in_at_ms: int | None = None

    def due(self, now_s: float, most: int) -> list[str]:
        """What to look at now, live files first."""
        live: list[str] = []
        others: list[str] = []
        for name, waiting in self.waiting.items():
            if waiting.look_at_s <= now_s:
                (live if waiting.is_live else others).append(name)
                if len(live) >= most:
                    break
        return (live + others)[:most]


@dataclass(frozen=True, slots=True)
class SpoolStatus:
    name: str
    convention: str
    trouble: str | None
    waiting: int
    taken_in: int
    last_taken_in_at_ms: int | None
    left_alone: int
