"""`run`: the agent itself."""

from __future__ import annotations

import click

from agent.cli.program import config_option
from agent.cli.text import _
from agent.daemon import journal
from agent.daemon import run as run_agent
from agent.settings import Settings


@click.command(help=_("Run the agent until it is stopped (SIGTERM, Ctrl+C)."))
@config_option
def run(settings: Settings) -> None:
    run_agent(settings, ready=lambda: journal.info("answers on %s", settings.socket))
