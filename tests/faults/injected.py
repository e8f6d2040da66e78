"""One run for each file system call of another run, with that very call failing, or with the process killed at it.

strace counts the calls of a thread from when it is put on it, so a fault is named by phase, thread and number
(`traced.Call`), and every run of a scenario must do the same calls in the same order until its fault comes.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.forked import Ended, Forking, said_file
from tests.faults.traced import CHANGING, SAID, Call, strace

KILL = "signal=KILL"
KINDS = ("error=EIO", "error=ENOSPC", KILL)
AT_ONCE = 2


@dataclass(frozen=True)
class Fault:
    call: Call
    kind: str
    """As strace's `inject` has it."""

    def __str__(self) -> str:
        call = self.call
        return f"{self.kind} at {call.name} {call.nth} of {call.paths} (phase {call.phase}, thread {call.thread})"


def faults(calls: Iterable[Call]) -> Iterator[Fault]:
    """Every fault of every kind at every call that changes something in the run's folder, and EIO where it reads.

    A shared-memory index of the database (`-shm`) is no file that has to last, but failing to write it must do no harm
    either, so it is not left out.
    """
    for call in calls:
        if SAID not in call.paths and call.name != "close":
            kinds = KINDS if call.name in CHANGING else KINDS[:1]
            yield from (Fault(call, kind) for kind in kinds)


def injected(forking: Forking, folder: Path, fault: Fault) -> Ended:
    """Do a run in which a fault happens.

    Raises:
        AssertionError: it did not happen, or the run hung in it.
    """
    call = fault.call
    forking.start(folder)
    for _phase in range(call.phase):
        ended = forking.go()
        assert ended is None, f"ended before {fault}: {ended}"
    output = folder.with_name(folder.name + ".strace")
    options = ("-o", str(output), "-e", f"trace={call.name}")
    options += ("-e", f"inject={call.name}:{fault.kind}:when={call.nth}")
    with strace(*options, on=forking.threads()[call.thread], follow=False):
        ended = forking.go()
        while ended is None:
            ended = forking.go()
    happened = output.read_text("utf-8", "replace")
    output.unlink()
    assert "(INJECTED)" in happened or "killed by SIGKILL" in happened, f"it did not come to {fault}"
    assert fault.kind == KILL or not ended.how.startswith("killed"), f"hung in {fault}"
    return ended


class Forks:
    """A forking process for each thread that asks for one."""

    def __init__(self, scenario: str) -> None:
        self._scenario = scenario
        self._local = threading.local()
        self._made: list[Forking] = []

    def mine(self) -> Forking:
        if not hasattr(self._local, "forking"):
            self._local.forking = Forking(self._scenario)
            self._made.append(self._local.forking)
        forking: Forking = self._local.forking
        return forking

    def close(self) -> None:
        for forking in self._made:
            forking.close()


@contextmanager
def forks_of(scenario: str) -> Iterator[Forks]:
    forks = Forks(scenario)
    try:
        yield forks
    finally:
        forks.close()


def each(
    forks: Forks, place: Path, wanted: Iterable[Fault], one: Callable[[Forking, Fault, Path], str | None]
) -> list[str]:
    """Do something for each fault in a folder of its own, a few at once.

    Args:
        forks: Of the scenario.
        place: Where the folders are made.
        wanted: The faults.
        one: Says what is not as it should be.

    Returns:
        What it said, with the fault that it was about.
    """

    def told(numbered: tuple[int, Fault]) -> str | None:
        number, fault = numbered
        folder = place / f"fault-{number}"
        found = one(forks.mine(), fault, folder)
        shutil.rmtree(folder)
        said_file(folder).unlink()
        return f"{fault}: {found}" if found else None

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [found for found in threads.map(told, enumerate(wanted)) if found]
