"""Entries of the log leave as a file for an auditor; knows nothing of screens.

The file is what the agent sends, lines of JSON: the first names the checkpoint, the log's key and how many entries
follow; each further line is an entry with its proof. Nothing here verifies a proof: the auditor does, with tools of
their own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent.client import Client
from agent.errors import IntegrityBroken
from tui.new_file import NewFile, refuse_existing
from tui.text import _

FIRST_LINE_LIMIT_BYTES = 1 << 20


@dataclass
class _Coming:
    """What has come so far, by its lines."""

    first: bytes = b""
    lines: int = 0
    ends_whole: bool = True
    entries: int | None = None
    """How many are to come; None until the first line is here."""

    def add(self, piece: bytes) -> None:
        if not self.lines:
            self.first = (self.first + piece)[:FIRST_LINE_LIMIT_BYTES]
        self.lines += piece.count(b"\n")
        self.ends_whole = piece.endswith(b"\n")
        if self.entries is None and self.lines:
            self.entries = _announced(self.first)

    @property
    def is_whole(self) -> bool:
        return self.ends_whole and self.entries is not None and self.lines == self.entries + 1


async def export_log_to(
    path: Path, client: Client, query: str, *, reason: str, on_progress: Callable[[int, int], None]
) -> int:
    """Write the entries of a search to a new file, readable by its owner alone; how many there are.

    Until every entry that the first line announces is there it has no name; cancelled or failed, nothing of it remains.

    Args:
        path: Of the file; nothing may be there yet.
        client: Signed in.
        query: The search.
        reason: Why, in words; it is written into the log.
        on_progress: Called with the entries written so far, and with how many there will be.

    Raises:
        NotWritten: something has that name already, or the disk refuses.
        IntegrityBroken: fewer or more came than were announced.
        EarwitnessError: what the agent refused.
    """
    refuse_existing(path)
    coming = _Coming()
    with NewFile(path) as file:
        async for piece in client.export_audit(query, reason=reason):
            await asyncio.to_thread(file.write, piece)
            coming.add(piece)
            on_progress(max(0, coming.lines - 1), coming.entries or 0)
        if not coming.is_whole:
            raise IntegrityBroken(what=_("The export of the log"))
        await asyncio.to_thread(file.keep)
    return coming.entries or 0


def _announced(first: bytes) -> int | None:
    """The number in the first line; None when it is no such line."""
    try:
        said = json.loads(first.partition(b"\n")[0])
        return int(said["entries"])
    except (ValueError, KeyError, TypeError):
        return None
