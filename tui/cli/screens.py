"""`earwitness` without a subcommand: the terminal UI on an agent that runs already."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from agent import wire
from agent.client import Client
from agent.errors import AgentUnreachable, NotSignedIn
from tui import environment
from tui.cli.place import Place


def open_on(place: Place) -> int:
    """Open the UI; the status to exit with.

    A kept session (`earwitness login`) is gone on with; without one the UI asks for name and password.

    Raises:
        click.UsageError: this terminal cannot show a screen.
    """
    refuse_without_screen()
    environment.scrub()
    from tui.app import run_app

    token = place.token_file().read()
    with place.reached() as socket:
        return run_app(Client(socket, via="tui"), signed_in=asyncio.run(_kept_session(socket, token)))


def refuse_without_screen() -> None:
    """Say what to use instead where no screen can be shown.

    Raises:
        click.UsageError: with the reason.
    """
    trouble = environment.why_no_screen()
    if trouble is not None:
        raise click.UsageError(trouble)


async def _kept_session(socket: Path, token: str | None) -> wire.Session | None:
    if token is None:
        return None
    async with Client(socket, token=token, via="tui") as client:
        try:
            return wire.Session(token=token, me=await client.me())
        except (NotSignedIn, AgentUnreachable):
            return None
