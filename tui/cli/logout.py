"""`earwitness logout`: end the kept session, at the agent and here."""

from __future__ import annotations

from contextlib import suppress

import click

from agent.client import Client
from agent.errors import NotSignedIn
from tui.cli.command import Command
from tui.cli.place import Place
from tui.text import _


@click.command(
    cls=Command,
    short_help=_("End the session."),
    help=_("End the session at the agent and forget its token."),
)
@click.pass_obj
def command(place: Place) -> None:
    file = place.token_file()
    token = file.read()
    if token is None:
        click.echo(_("You were not signed in."))
        return

    # Forgotten first: whatever the agent answers, nothing may use the token from here any more.
    file.remove()
    with suppress(NotSignedIn):
        place.ask(Client.sign_out, with_token=token)
    click.echo(_("Signed out."))
