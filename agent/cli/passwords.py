"""How a password reaches a command: typed twice, or one line of the standard input."""

from __future__ import annotations

from typing import Any

import click

from agent.cli.program import Command
from agent.cli.text import _


def stdin_option(command: Command) -> Command:
    words = _("Read the password from the standard input, for scripts.")
    option: Any = click.option("--password-stdin", is_flag=True, help=words)
    decorated: Command = option(command)
    return decorated


def new_password(user: str, *, from_stdin: bool) -> str:
    """Ask for a new password."""
    if from_stdin:
        return click.get_text_stream("stdin").readline().rstrip("\r\n")
    answer: str = click.prompt(
        _("New password for {user}").format(user=user),
        hide_input=True,
        confirmation_prompt=_("The same once more"),
    )
    return answer
