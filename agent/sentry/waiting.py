"""Opens that wait for their entry, and how long they may. Pure: times are handed in.

While the agent answers, an open waits for the acknowledgement of its report. Once one has waited to its deadline, those
after it do not wait at all until the agent has caught up: a process that opens a hundred files is held up once.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Open:
    n: int
    """Of its report."""
    fd: int
    until_ms: int
    """On the monotonic clock."""


class Waiting:
    def __init__(self) -> None:
        self._opens: deque[Open] = deque()
        self._let_go: deque[int] = deque()
        """Reports handed over as in time, whose opens have gone on without an answer."""
        self.is_behind = False
        """An open has waited in vain, and the agent has not caught up since."""

    def __len__(self) -> int:
        return len(self._opens)

    def add(self, one: Open) -> None:
        self._opens.append(one)

    @property
    def next_deadline_ms(self) -> int | None:
        return self._opens[0].until_ms if self._opens else None

    def entered(self, n: int, entered_late: set[int]) -> tuple[list[Open], list[int]]:
        """Reports up to `n` are durable: the opens that go on now, and reports whose entry says falsely "in time"."""
        answered = []
        while self._opens and self._opens[0].n <= n:
            answered.append(self._opens.popleft())
        wrong = []
        while self._let_go and self._let_go[0] <= n:
            late = self._let_go.popleft()
            if late not in entered_late:
                wrong.append(late)
        if not self._let_go:
            self.is_behind = False
        return answered, wrong

    def overdue(self, now_ms: int) -> list[Open]:
        """Opens that have waited long enough: they go on now."""
        gone = []
        while self._opens and self._opens[0].until_ms <= now_ms:
            gone.append(self._opens.popleft())
        self._let_go.extend(one.n for one in gone)
        self.is_behind = self.is_behind or bool(gone)
        return gone

    def give_up(self) -> list[Open]:
        """The agent has gone: every open goes on now."""
        gone = list(self._opens)
        self._opens.clear()
        self._let_go.extend(one.n for one in gone)
        return gone
