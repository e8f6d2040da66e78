"""`demo`: a whole installation to try; `earwitness demo` opens the terminal UI on it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import click

from agent.cli.text import _
from agent.demo.installation import DEFAULT_CONTACTS, demo_folder, play, prepared, progress_on_stderr


@click.command(
    help=_(
        "A whole installation to try, with an account for each role and calls that keep arriving.\n\n"
        "Prints one line of JSON when it is ready, and runs until SIGTERM."
    )
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help=_("Keep it there; else it is temporary."),
)
@click.option(
    "--contacts",
    type=click.IntRange(0, 100_000),
    default=DEFAULT_CONTACTS,
    show_default=True,
    help=_("Calls that are there at the start."),
)
@click.option("--mishaps", is_flag=True, help=_("Also files that no recorder should leave, for the quarantine."))
@click.option("--headless", is_flag=True, help=_("Changes nothing here: this command opens no screen."))
@click.option("--until-stdin-ends", is_flag=True, hidden=True)
def demo(folder: Path | None, contacts: int, mishaps: bool, headless: bool, until_stdin_ends: bool) -> None:
    if until_stdin_ends:
        threading.Thread(target=_leave_with_stdin, name="leash", daemon=True).start()
    with demo_folder(folder) as place:
        made = prepared(place, contacts, progress_on_stderr, mishaps=mishaps)
        play(made, ready=lambda: click.echo(made.ready_line()))


def _leave_with_stdin() -> None:
    """Whoever started this holds the other end, which the kernel closes however they end."""
    while os.read(sys.stdin.fileno(), 1):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
