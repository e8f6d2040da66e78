"""`earwitness login`: begin a session and keep its token for the commands that follow."""

from __future__ import annotations

import getpass
import sys
from contextlib import suppress
from datetime import datetime

import click

from agent import wire
from agent.client import Client, clean
from agent.errors import NotSignedIn, SignInFailed
from tui.cli.command import Command
from tui.cli.place import Place
from tui.text import _

USER_LIMIT, PASSWORD_LIMIT = 200, 1024
"""Characters that the agent takes; what is longer is wrong without asking it."""


@click.command(
    cls=Command,
    short_help=_("Begin a session."),
    help=_("Begin a session. Its token is kept, readable by you alone, until it ends or you log out."),
    examples=[
        ("earwitness login --user anna.berg", _("Ask for the password.")),
        (
            "earwitness login --user anna.berg --password-stdin < password-file",
            _("Read it from the first line of a file."),
        ),
    ],
)
@click.option("--user", metavar=_("NAME"), help=_("Your personal user name; else that of the system."))
@click.option("--password-stdin", is_flag=True, help=_("Read the password from standard input, one line."))
@click.pass_obj
def command(place: Place, user: str | None, password_stdin: bool) -> None:
    name = user or _asked_user(may_ask=not password_stdin)
    password = _first_line_of_stdin() if password_stdin else _asked_password()
    if len(name) > USER_LIMIT or not 0 < len(password) <= PASSWORD_LIMIT:
        raise SignInFailed

    file = place.token_file()
    former = file.read()

    async def sign_in(client: Client) -> wire.Session:
        session = await client.sign_in(name, password)
        if former is not None:
            client.token = former
            with suppress(NotSignedIn):
                await client.sign_out()
        return session

    session = place.ask(sign_in, with_token="")
    file.write(session.token)
    message = _("Signed in as {name} ({roles}) until {until}.")
    until = session.me.expires_at.astimezone()
    click.echo(message.format(name=session.me.display_name, roles=_roles(session.me), until=_hour(until)))


def _asked_user(*, may_ask: bool) -> str:
    own = getpass.getuser()
    if not may_ask or not sys.stdin.isatty():
        return own
    return str(click.prompt(_("User name"), default=clean(own), err=True))


def _asked_password() -> str:
    if not sys.stdin.isatty():
        raise click.UsageError(_("There is no terminal to ask for the password on. Use --password-stdin."))
    return str(click.prompt(_("Password"), hide_input=True, err=True))


def _first_line_of_stdin() -> str:
    line = sys.stdin.readline(PASSWORD_LIMIT + 2)
    return line.removesuffix("\n").removesuffix("\r")


def _roles(me: wire.Me) -> str:
    return ", ".join(role.value for role in me.roles)


def _hour(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M %Z")
