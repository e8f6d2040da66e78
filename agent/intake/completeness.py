"""When a recorder has finished with a file: a state machine that is told what was seen and says what to do.

It owns the decision, and does no I/O: observations, events and both clocks are handed in. One `Progress` is
kept for each file that waits in a spool.

The contract:

    what it is          closing seen              closing not seen
    finished header     unchanged for settle      unchanged for quiet, or by the wall clock written that
                                                  long before it is seen for the first time
    unfinished, empty   unchanged for unfinished  unchanged for unfinished      → ready, interrupted
    not a recording     unchanged for quiet       unchanged for unfinished      → ready, for quarantine
    not a regular file  irregular at once

- A closing alone proves nothing: the kernel reports one for a killed recorder too, and a header of zeros may
  still be mended by whoever opens the file again. It only shortens the wait for what is whole by its own
  header.
- Whatever it says, what somebody has open for writing is not taken in as long as the kernel tells (`writers`): a
  call on hold stands still too.
- A change is another size, time, inode, device or state of the header. It restarts the wait, and takes back a
  closing unless it is the first thing seen after it: what was written before the closing may be seen after
  it.
- Waits are measured on the monotonic clock. If that runs backwards, the wait starts again. The wall clock
  only says how old a finished file is that was there already; a time of writing in the future counts as now.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.intake.wav import NotWav, WavHeader
from agent.settings import Source


class Kind(StrEnum):
    """What a name in a spool stands for."""

    REGULAR = "regular"
    SYMLINK = "symlink"
    FIFO = "fifo"
    DIRECTORY = "directory"
    OTHER = "other"


class HeaderState(StrEnum):
    FINISHED = "finished"
    UNFINISHED = "unfinished"
    NOT_WAV = "not-wav"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation of a file."""

    at_s: float
    """On the monotonic clock."""
    size_bytes: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int
    kind: Kind
    header: HeaderState

    def is_same_as(self, other: Seen) -> bool:
        return self._facts() == other._facts()

    def _facts(self) -> tuple[int, int, int, int, int, HeaderState]:
        return self.size_bytes, self.mtime_ns, self.ctime_ns, self.inode, self.device, self.header


@dataclass(frozen=True, slots=True)
class Wait:
    until_s: float
    """When to look again, on the monotonic clock, unless an event comes before."""


@dataclass(frozen=True, slots=True)
class Ready:
    interrupted: bool
    """The recorder did not finish the file."""


@dataclass(frozen=True, slots=True)
class Irregular:
    reason: Kind


Verdict = Wait | Ready | Irregular


@dataclass(frozen=True, slots=True)
class Thresholds:
    settle_s: float
    quiet_s: float
    unfinished_s: float

    @classmethod
    def of(cls, source: Source) -> Thresholds:
        return cls(source.settle_ms / 1000, source.quiet_s, source.unfinished_s)


def header_state(read: WavHeader | NotWav) -> HeaderState:
    """Say in what state the header of a file is, from what reading it gave."""
    if isinstance(read, WavHeader):
        return HeaderState.FINISHED if read.is_finished else HeaderState.UNFINISHED
    if read.reason == "empty":
        return HeaderState.EMPTY
    return HeaderState.UNFINISHED if read.is_started else HeaderState.NOT_WAV


class Progress:
    """How far one file is on its way to being finished."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._last: Seen | None = None
        self._unchanged_since_s = 0.0
        self._is_closed = False
        self._expects_change = False

    def closed(self) -> None:
        """Note that a writer closed the file, or that it was moved in as it is."""
        self._is_closed = True
        self._expects_change = True

    def seen(self, seen: Seen, wall_ns: int) -> Verdict:
        """Take in an observation and say whether the file is finished.

        Args:
            seen: What the file is now.
            wall_ns: The wall clock now, since the epoch.
        """
        if seen.kind is not Kind.REGULAR:
            return Irregular(seen.kind)
        self._follow(seen, wall_ns)
        until_s = self._unchanged_since_s + self._wait_s(seen.header)
        if seen.at_s < until_s:
            return Wait(until_s)
        return Ready(interrupted=seen.header in (HeaderState.UNFINISHED, HeaderState.EMPTY))

    def _follow(self, seen: Seen, wall_ns: int) -> None:
        last, self._last = self._last, seen
        if last is None:
            self._unchanged_since_s = seen.at_s - self._age_s(seen, wall_ns)
        elif not seen.is_same_as(last):
            self._unchanged_since_s = seen.at_s
            self._is_closed = self._is_closed and self._expects_change
        elif seen.at_s < last.at_s:
            self._unchanged_since_s = seen.at_s
        self._expects_change = False

    def _age_s(self, seen: Seen, wall_ns: int) -> float:
        """For how long a file that is seen for the first time counts as unchanged already."""
        if seen.header is not HeaderState.FINISHED:
            return 0.0
        age_s = (wall_ns - seen.mtime_ns) / 1e9
        return self._thresholds.quiet_s if age_s >= self._thresholds.quiet_s else 0.0

    def _wait_s(self, header: HeaderState) -> float:
        if header is HeaderState.FINISHED:
            return self._thresholds.settle_s if self._is_closed else self._thresholds.quiet_s
        if header is HeaderState.NOT_WAV and self._is_closed:
            return self._thresholds.quiet_s
        return self._thresholds.unfinished_s
