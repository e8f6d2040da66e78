"""`doctor`: what is wrong with this installation and this server, and what to do. It changes nothing."""

from __future__ import annotations

import click

from agent.cli.checks.access_log import access_log
from agent.cli.checks.direct_opens import direct_opens
from agent.cli.checks.finding import Check, Finding, examination
from agent.cli.checks.memory import memory
from agent.cli.checks.permissions import permissions
from agent.cli.checks.spools import spools
from agent.cli.program import config_option
from agent.cli.text import _
from agent.errors import NotFound
from agent.settings import Settings

CHECKS: tuple[tuple[str, Check], ...] = (
    (_("permissions"), permissions),
    (_("log"), access_log),
    (_("spools"), spools),
    (_("memory"), memory),
    (_("direct opens"), direct_opens),
)


@click.command(
    help=_(
        "Look at the installation and the server, and say what is wrong and what to do.\n\n"
        "Run it as the agent's OS user or as root. Exit code 1 when something is wrong."
    )
)
@config_option
@click.pass_context
def doctor(context: click.Context, settings: Settings) -> None:
    try:
        examined = examination(settings)
    except FileNotFoundError as error:
        raise NotFound(kind="installation", id=str(settings.state_dir)) from error
    is_wrong = False
    for name, check in CHECKS:
        findings = list(check(examined))
        is_wrong = is_wrong or any(finding.is_wrong for finding in findings)
        click.echo(f"[{_mark(findings)}] {name}")
        for finding in findings:
            click.echo(f"    {finding.what}")
            click.echo(f"    → {finding.advice}")
    if is_wrong:
        context.exit(1)


def _mark(findings: list[Finding]) -> str:
    """In letters: colour and glyphs do not reach every console."""
    if any(finding.is_wrong for finding in findings):
        return _("wrong")
    return _("notice") if findings else _("good")
