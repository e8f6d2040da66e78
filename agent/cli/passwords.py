"""How a password reaches a command: typed twice, or one line of the standard input."""

from __future__ import annotations

import sys

import click

from agent.cli.program import Command
from agent.cli.text import _


def stdin_option(command: Command) -> Command:
    words = _("Read the password from the standard input, for scripts.")
    return click.option("--password-stdin", is_flag=True, help=words)(command)


def new_password(user: str, *, from_stdin: bool) -> str:
    """Ask for a new password."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt(
        _("New password for {user}").format(user=user),
        hide_input=True,
        confirmation_prompt=_("The same once more"),
    )
    return answer
