"""`source …`: what is to be said about a source, for the server's own staff."""

from __future__ import annotations

import click

from agent.cli.program import config_option, opened
from agent.cli.text import _
from agent.services.acknowledging import ACTION, acknowledged, target_of
from agent.services.caller import new_request_id, server_actor
from agent.services.desk import Desk
from agent.settings import Settings


@click.group(help=_("Sources, by their names in the configuration."))
def source() -> None:
    pass


@source.command(
    help=_(
        "Acknowledge what the recordings in place of a source have become, so that it is an alarm no longer.\n\n"
        "It is what stands there now; a later change is an alarm again. The log has it, with the reason."
    )
)
@config_option
@click.argument("name")
@click.option("--reason", required=True, help=_("Why, in words."))
def acknowledge(settings: Settings, name: str, reason: str) -> None:
    with opened(settings) as house:
        gate, target = Desk(house).gate, target_of(house, name)
        with gate.attempt(server_actor(), ACTION, new_request_id(), target) as access, gate.reading():
            found = acknowledged(access, name, reason)
    words = _("{source}: acknowledged, {changed} changed and {vanished} gone")
    click.echo(words.format(source=name, changed=f"{found.changed:,}", vanished=f"{found.vanished:,}"))
