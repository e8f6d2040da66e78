"""The log live: its newest entries, then those that come.

Reading the log is an entry itself. So that following does not feed itself, it leaves the readings out of its search,
asks first whether there is something newer (which is no entry), and reads no more often than once in a while.
"""

from __future__ import annotations

import asyncio

from agent import wire
from agent.client import Client
from agent.errors import AgentUnreachable, WrongUse
from tui.cli.audit_table import entry_cells, entry_table
from tui.cli.linear import LinearTable, json_line
from tui.text import _

BEGINNING = 10
"""Entries shown at once."""
EVERY_S = 1.0
"""New entries are read no more often than this."""
READINGS = "action:audit.read"


async def follow(client: Client, query: str, *, as_json: bool) -> None:
    """Print entries, oldest first, until the connection is lost.

    Raises:
        WrongUse: the search asks for the readings of the log, which following makes.
        AgentUnreachable: the agent has gone.
    """
    if READINGS in query.replace(f"-{READINGS}", ""):
        raise WrongUse(what=_("a list that follows cannot show the readings that it makes"))
    query = f"{query} -{READINGS}".strip()
    table = entry_table()
    stirred = asyncio.Event()
    watching = asyncio.create_task(_watch(client, stirred), name="what happens")
    try:
        page = await client.audit(query, limit=BEGINNING)
        _print(page.items, table, as_json=as_json)
        as_of, newest = page.as_of, max((entry.seq for entry in page.items), default=-1)
        has_ended = False
        while not has_ended:
            await stirred.wait()
            stirred.clear()
            has_ended = watching.done()
            if (await client.audit_count(query, as_of=as_of, newer=True)).count:
                entries, as_of = await _newer(client, query, newest)
                _print(entries, table, as_json=as_json)
                newest = max((entry.seq for entry in entries), default=newest)
            await asyncio.sleep(EVERY_S)
    finally:
        watching.cancel()
        await asyncio.wait({watching})
        failed = None if watching.cancelled() else watching.exception()
    raise failed or AgentUnreachable(socket=str(client.socket))


async def _watch(client: Client, stirred: asyncio.Event) -> None:
    """Say that something was written, until the agent ends it; also say the end."""
    try:
        async for event in client.events():
            if event.event == "audit":
                stirred.set()
    finally:
        stirred.set()


async def _newer(client: Client, query: str, seq: int) -> tuple[list[wire.Entry], str]:
    """Every entry after one, newest first, and the snapshot that they were read in."""
    found: list[wire.Entry] = []
    cursor = as_of = None
    while True:
        page = await client.audit(query, limit=wire.PAGE_LIMIT, cursor=cursor, as_of=as_of)
        found += [entry for entry in page.items if entry.seq > seq]
        cursor, as_of = page.next_cursor, page.as_of
        if cursor is None or page.items[-1].seq <= seq:
            return found, as_of


def _print(entries: list[wire.Entry], table: LinearTable, *, as_json: bool) -> None:
    oldest_first = entries[::-1]
    if as_json:
        for entry in oldest_first:
            json_line(entry.model_dump_json())
    else:
        table.print([entry_cells(entry) for entry in oldest_first])
