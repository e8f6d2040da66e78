"""Entries of the log with their proofs, to a new file that only its owner can read."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from agent.client import Client
from agent.errors import IntegrityBroken
from tui.cli.linear import json_line
from tui.cli.place import Place
from tui.new_file import NewFile, NotWritten, refuse_existing
from tui.text import _, ngettext


def write(place: Place, path: Path, query: str, *, reason: str, as_json: bool) -> None:
    """Write the file, whole or not at all, and say how many entries it holds."""
    try:
        refuse_existing(path)
        count = place.ask(lambda client: exported(client, path, query, reason=reason))
    except NotWritten as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        json_line(json.dumps({"entries": count}))
        return
    said = ngettext("{count} entry with its proof written.", "{count} entries with their proofs written.", count)
    click.echo(said.format(count=count))


async def exported(client: Client, path: Path, query: str, *, reason: str) -> int:
    """Write the lines that the agent sends, if they are as many as it announced.

    Raises:
        NotWritten: something has that name already, or the disk refuses.
        IntegrityBroken: fewer lines came than were announced, or none that can be read.
        EarwitnessError: what the agent refused.
    """
    first, last, lines = b"", b"", 0
    with NewFile(path) as file:
        async for piece in client.export_audit(query, reason=reason):
            if not lines:
                first += piece[: piece.find(b"\n") + 1] if b"\n" in piece else piece
            lines, last = lines + piece.count(b"\n"), piece or last
            await asyncio.to_thread(file.write, piece)
        count = _announced(first)
        if lines != count + 1 or not last.endswith(b"\n"):
            raise IntegrityBroken(what=_("The export of the log"))
        await asyncio.to_thread(file.keep)
    return count


def _announced(first: bytes) -> int:
    try:
        return int(json.loads(first)["entries"])
    except (ValueError, KeyError, TypeError) as error:
        raise IntegrityBroken(what=_("The export of the log")) from error
