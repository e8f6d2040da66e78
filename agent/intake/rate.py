"""How many files came in, minute by minute."""

from __future__ import annotations

MINUTES = 60
MINUTE_MS = 60_000


class ByMinute:
    """Counts of the last hour."""

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def count(self, at_ms: int) -> None:
        minute = at_ms // MINUTE_MS
        self._counts[minute] = self._counts.get(minute, 0) + 1
        for old in [past for past in self._counts if past <= minute - MINUTES]:
            del self._counts[old]

    def last_hour(self, now_ms: int) -> list[int]:
        """60 counts, oldest first, the running minute last."""
        minute = now_ms // MINUTE_MS
        return [self._counts.get(minute - back, 0) for back in reversed(range(MINUTES))]
