"""`earwitness demo`: look around in a whole installation with invented calls."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from agent.client import Client
from tui import environment
from tui.cli import demo_server
from tui.cli.command import Command
from tui.cli.screens import refuse_without_screen
from tui.text import _


@click.command(
    cls=Command,
    short_help=_("Look around in an invented installation."),
    help=_(
        "Make a whole installation with an agent, an account for each role and calls that keep coming in, "
        "and open the terminal UI on it. All of it is invented; nothing of the system is touched."
    ),
    examples=[
        ("earwitness demo", _("In a temporary folder that is removed afterwards.")),
        ("earwitness demo --dir ~/demo --contacts 5000", _("Kept, and larger.")),
        (
            "earwitness demo --headless",
            _("Without a screen: a line of JSON when it is ready; runs until SIGTERM."),
        ),
    ],
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, resolve_path=True),
    metavar=_("DIR"),
    help=_("Where to make it; else a temporary folder."),
)
@click.option("--contacts", type=click.IntRange(min=0), metavar="N", help=_("How many calls it begins with."))
@click.option("--headless", is_flag=True, help=_("Only the agent, for programs."))
@click.pass_context
def command(ctx: click.Context, folder: Path | None, contacts: int | None, headless: bool) -> None:
    arguments = demo_server.command(folder, contacts, mishaps=not headless)
    if headless:
        sys.stdout.flush()
        os.execve(sys.executable, arguments, demo_server.surroundings())  # noqa: S606 - no shell is wanted
    refuse_without_screen()
    environment.scrub()
    with demo_server.running(arguments) as ready:
        from tui.app import run_app

        ctx.exit(run_app(Client(Path(ready["socket"]), via="tui"), demo_accounts=ready["accounts"]))
