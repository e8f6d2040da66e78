"""Where a table has its rows from: a list at the agent, in one order, asked for in parts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Generic, TypeVar

from agent import wire

Row = TypeVar("Row")


class RecordSource(ABC, Generic[Row]):
    """One question with its order. Every method that asks raises the agent's errors."""

    @abstractmethod
    async def page(self, *, offset: int, limit: int, as_of: str | None) -> wire.Page[Row]:
        """Ask for a part of the list; without `as_of` it is asked anew and the reply brings a token."""

    @abstractmethod
    async def count(self, *, as_of: str) -> int:
        """Ask how many rows the snapshot holds."""

    async def newer(self, *, as_of: str) -> int:
        """Ask how many rows have come since the snapshot; 0 for a list that cannot tell."""
        return 0

    @abstractmethod
    async def position(self, row: Row, *, offset: int, was: str, as_of: str) -> int | None:
        """Ask where a row stands that stood at `offset` in the snapshot `was`; None when it is gone."""

    @abstractmethod
    def identity(self, row: Row) -> str:
        """What stays the same about a row wherever it stands."""

    def instant(self, row: Row) -> datetime | None:
        """The moment that the list is ordered by, newest first; None when it is ordered otherwise."""
        return None
