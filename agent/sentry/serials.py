"""Serials of the kernel's audit events: those that never come were lost. Pure.

Events of several processors may come out of order, so a serial counts as lost only when it has been missed for a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MOST_MISSING = 10_000


@dataclass(frozen=True, slots=True)
class Lost:
    since_ms: int
    until_ms: int
    count: int


class Serials:
    def __init__(self, settle_ms: int) -> None:
        self._settle_ms = settle_ms
        self._highest: int | None = None
        self._missing: dict[int, int] = {}
        """Serial = when it was missed."""
        self._beyond = 0
        """Missing ones that there was no room for."""

    def came(self, serial: int, now_ms: int) -> None:
        if self._highest is None or serial > self._highest:
            first = serial if self._highest is None else self._highest + 1
            room = max(0, MOST_MISSING - len(self._missing))
            for missing in range(first, min(serial, first + room)):
                self._missing[missing] = now_ms
            self._beyond += max(0, serial - first - room)
            self._highest = serial
        else:
            self._missing.pop(serial, None)

    def lost(self, now_ms: int) -> Iterator[Lost]:
        """What has been missed for too long, told once."""
        gone = [serial for serial, missed_ms in self._missing.items() if now_ms - missed_ms >= self._settle_ms]
        if gone:
            since_ms = min(self._missing[serial] for serial in gone)
            for serial in gone:
                del self._missing[serial]
            beyond, self._beyond = self._beyond, 0
            yield Lost(since_ms, now_ms, len(gone) + beyond)
