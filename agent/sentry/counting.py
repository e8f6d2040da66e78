"""Expected opens, counted by the minute. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

EVERY_MS = 60_000


@dataclass
class Counted:
    place: str
    exe: str
    uid: int | None
    since_ms: int
    until_ms: int
    count: int = 0


class Counts:
    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, int | None], Counted] = {}

    def add(self, place: str, exe: str, uid: int | None, at_ms: int) -> None:
        key = place, exe, uid
        counted = self._counts.setdefault(key, Counted(place, exe, uid, at_ms, at_ms))
        counted.count += 1
        counted.until_ms = at_ms

    def due(self, now_ms: int, *, everything: bool = False) -> Iterator[Counted]:
        """What has been counted for a minute, and is told now."""
        for key, counted in list(self._counts.items()):
            if everything or now_ms - counted.since_ms >= EVERY_MS:
                yield self._counts.pop(key)
