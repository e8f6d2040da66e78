"""A long list from the agent, page after page, by its cursor; one question, so one entry in the log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from agent import wire

Item = TypeVar("Item")
AskPage = Callable[[int, str | None, str | None], Awaitable[wire.Page[Item]]]
"""Asks for so many items from a cursor on, in a snapshot; None and None for the beginning of a new one."""

DEFAULT_LIMIT = 100
"""Items that a list prints unless it is asked for more."""


async def pages(ask: AskPage[Item], limit: int) -> AsyncIterator[list[Item]]:
    """Every page of a list until `limit` items are there (0: all); the first one also when it is empty."""
    given = 0
    cursor = as_of = None
    while True:
        wanted = min(limit - given, wire.PAGE_LIMIT) if limit else wire.PAGE_LIMIT
        page = await ask(wanted, cursor, as_of)
        yield page.items[:wanted]
        given += len(page.items)
        cursor, as_of = page.next_cursor, page.as_of
        if cursor is None or (limit and given >= limit):
            return
