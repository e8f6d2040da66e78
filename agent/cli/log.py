"""`log restart`: going on after the end of the log was lost."""

from __future__ import annotations

import click

from agent.cli.program import config_option, opened
from agent.cli.text import _
from agent.errors import WrongUse
from agent.installation import only_agent
from agent.services.caller import server_actor
from agent.services.restart import restarted
from agent.settings import Settings


@click.group(help=_("The access log itself."))
def log() -> None:
    pass


@log.command(
    help=_(
        "Begin a new epoch of the log, after the register was put back to an older state.\n\n"
        "Stop the agent first. The entries that are there stay and go on, under a new name of the log's key; the first"
        " new entry names the checkpoint that was lost. Give every witness and auditor the new verifier key"
        " (export-log)."
    )
)
@config_option
@click.option("--reason", required=True, metavar="TEXT", help=_("What happened, in words; it stands in the log."))
def restart(settings: Settings, reason: str) -> None:
    if not reason.strip():
        raise WrongUse(what="a new epoch needs a reason in words (--reason)")
    with only_agent(settings), opened(settings) as house:
        epoch = restarted(house, server_actor(), reason.strip())
        verifier_key = house.log.signer.verifier.vkey
    click.echo(_("The log is in epoch {epoch}; its verifier key is now {key}").format(epoch=epoch, key=verifier_key))
