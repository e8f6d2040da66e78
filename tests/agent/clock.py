"""A clock that only moves when it is told to, and by a millisecond at every look."""

from __future__ import annotations


class Clock:
    def __init__(self) -> None:
        self.at_ms = 1_795_435_200_000
        """2026-11-23T12:00:00Z"""

    def __call__(self) -> int:
        self.at_ms += 1
        return self.at_ms

    def forward(self, *, minutes: float = 0, hours: float = 0) -> None:
        self.at_ms += round((hours * 60 + minutes) * 60_000)
