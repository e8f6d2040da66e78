"""Reports that the agent has not acknowledged, in order and bounded. Pure.

What does not fit is counted, and the count becomes a gap report as soon as there is room: nothing is dropped unsaid.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.sentry.protocol import MESSAGE_BYTES, Message, ProtocolBroken, frame

MOST_REPORTS = 20_000
MOST_BYTES = 64 << 20
GAP_ROOM = 2
"""Places that are kept for the gap that says what did not fit."""


@dataclass(frozen=True, slots=True)
class Report:
    n: int
    message: Message
    framed: bytes


@dataclass
class _Lost:
    count: int
    since_ms: int
    until_ms: int


class Outbox:
    def __init__(self, *, most_reports: int = MOST_REPORTS, most_bytes: int = MOST_BYTES) -> None:
        self._most_reports = most_reports
        self._most_bytes = most_bytes
        self._reports: deque[Report] = deque()
        self._bytes = 0
        self._unsent: deque[Report] = deque()
        """What this connection has not been handed yet."""
        self._next = 1
        self._lost: _Lost | None = None

    def __len__(self) -> int:
        return len(self._reports)

    @property
    def last(self) -> int:
        """The highest n there was."""
        return self._next - 1

    def add(self, what: str, happened_ms: int, /, *, of: str | None = None, **keys: object) -> Report | None:
        """A new report; None when there is no room, and then it is counted.

        Args:
            what: See `protocol.py`; so for its keys.
            happened_ms: For the gap, if there is no room.
            of: A previous run's report that this one is.
        """
        self.flush()
        if self._lost is not None or not self._has_room(GAP_ROOM):
            self._lose(happened_ms)
            return None
        return self._append(what, of, keys)

    def flush(self) -> None:
        """Turn what was lost into its gap report, if there is room now."""
        if self._lost is not None and self._has_room(GAP_ROOM):
            lost, self._lost = self._lost, None
            keys = {"why": "overflow", "since_ms": lost.since_ms, "until_ms": lost.until_ms, "lost": lost.count}
            self._append("gap", None, keys)

    def _has_room(self, places: int) -> bool:
        room = self._most_reports - len(self._reports)
        return room >= places and self._bytes + places * MESSAGE_BYTES <= self._most_bytes

    def _lose(self, at_ms: int) -> None:
        if self._lost is None:
            self._lost = _Lost(0, at_ms, at_ms)
        self._lost.count += 1
        self._lost.until_ms = max(self._lost.until_ms, at_ms)

    def _append(self, what: str, of: str | None, keys: Mapping[str, object]) -> Report:
        message = {"kind": "report", "n": self._next, "of": of, "what": what, **keys}
        report = Report(self._next, message, _framed(message))
        self._next += 1
        self._reports.append(report)
        self._unsent.append(report)
        self._bytes += len(report.framed)
        return report

    def by_n(self, n: int) -> Report | None:
        """A report that has not been acknowledged; their numbers follow each other but for those forgotten."""
        return next((report for report in self._reports if report.n == n), None)

    def forget(self, is_nothing: Callable[[Message], bool]) -> None:
        """Take reports out that turn out to be none, before they are handed over."""
        kept = deque(report for report in self._reports if not is_nothing(report.message))
        self._bytes = sum(len(report.framed) for report in kept)
        self._reports = kept

    def next_to_send(self) -> Report | None:
        """Hand the next report over to the connection; None when it has them all."""
        return self._unsent.popleft() if self._unsent else None

    def connected(self, durable: int) -> list[Report]:
        """A connection begins: what is not durable is sent again; what is, is forgotten and returned."""
        gone = self.acknowledged(durable)
        self._unsent = deque(self._reports)
        return gone

    def acknowledged(self, n: int) -> list[Report]:
        """Forget what is durable; those reports."""
        gone = []
        while self._reports and self._reports[0].n <= n:
            report = self._reports.popleft()
            self._bytes -= len(report.framed)
            gone.append(report)
        return gone


def _framed(message: Message) -> bytes:
    """A report that is too long goes without the words of who it was: they are what outside text can make long."""
    try:
        return frame(message)
    except ProtocolBroken:
        who = {**message["who"], "command": [], "cgroup": "", "parents": []}
        return frame({**message, "name": None, "who": who})
