"""`run`: the agent itself."""

from __future__ import annotations

from agent.cli.program import config_option, program
from agent.cli.text import _
from agent.daemon import journal
from agent.daemon import run as run_agent
from agent.settings import Settings


@program.command(help=_("Run the agent until it is stopped (SIGTERM, Ctrl+C)."))
@config_option
def run(settings: Settings) -> None:
    run_agent(settings, ready=lambda: journal.info("answers on %s", settings.socket))
