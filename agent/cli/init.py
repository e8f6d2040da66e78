"""`init`: a new installation and its first administrator."""

from __future__ import annotations

import click

from agent.cli.passwords import new_password, stdin_option
from agent.cli.program import config_option
from agent.cli.text import _
from agent.installation import create
from agent.services.accounts import Appointments, require_fit_account
from agent.services.caller import server_actor
from agent.services.desk import Desk
from agent.settings import Settings
from agent.wire import Role


@click.command(help=_("Make a new installation: folders, keys, tables, and its first administrator."))
@config_option
@click.option("--admin", "user", prompt=_("User name of the first administrator"), help=_("Their user name."))
@click.option("--name", "display_name", prompt=_("Their name"), help=_("Their name, as log and screens show it."))
@stdin_option
def init(settings: Settings, user: str, display_name: str, password_stdin: bool) -> None:
    password = new_password(user, from_stdin=password_stdin)
    require_fit_account(user, display_name, password)  # before there is anything that would have to be removed again
    house = create(settings)
    try:
        appointments = Appointments(Desk(house).gate, server_actor())
        appointments.add(user, display_name=display_name, roles=[Role.ADMINISTRATOR], password=password)
    finally:
        house.close()
    click.echo(
        _("Made. Keep a copy of {keys} in another place: without it nothing can be read.").format(keys=settings.keys)
    )
    click.echo(_("Now run it: earwitness-agent run"))
