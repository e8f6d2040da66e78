"""Entries of the log with their proofs, to a new file that only its owner can read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tui.cli.linear import json_line
from tui.cli.place import Place
from tui.exporting_log import export_log_to
from tui.new_file import NotWritten
from tui.text import ngettext


def write(place: Place, path: Path, query: str, *, reason: str, as_json: bool) -> None:
    """Write the file, whole or not at all, and say how many entries it holds."""

    def told(_written: int, _whole: int) -> None:
        """A command says nothing until it is done."""

    try:
        count = place.ask(lambda client: export_log_to(path, client, query, reason=reason, on_progress=told))
    except NotWritten as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        json_line(json.dumps({"entries": count}))
        return
    said = ngettext("{count} entry with its proof written.", "{count} entries with their proofs written.", count)
    click.echo(said.format(count=count))
