"""The way that led to a search, so that Esc leads back to the row where one was. No widget, no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from agent.wire import Entry
from tui.widgets.list_reader import Anchor

LONGEST = 50


@dataclass(frozen=True)
class Station:
    """A search that was left, and the row that was selected in it."""

    query: str
    bookmark: Anchor[Entry] | None


class Trail:
    """The searches behind the present one, the last one at the end."""

    def __init__(self) -> None:
        self._stations: list[Station] = []

    def leave(self, query: str, bookmark: Anchor[Entry] | None) -> None:
        """Note a search that one goes on from."""
        self._stations = [*self._stations[1 - LONGEST :], Station(query, bookmark)]

    def forget(self) -> None:
        self._stations.clear()

    def back(self) -> Station | None:
        """The search before; None where the way began."""
        return self._stations.pop() if self._stations else None
