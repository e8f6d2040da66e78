"""`earwitness completion`: the script that lets a shell complete commands, options and query terms."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from tui.cli.command import Command
from tui.text import _

VARIABLE = "_EARWITNESS_COMPLETE"
"""With it set, click answers the shell instead of running; its name follows from the program's."""


@click.command(
    cls=Command,
    short_help=_("Print a shell's completion script."),
    help=_("Print the script that makes SHELL complete commands, options, purposes and query terms."),
    examples=[
        ("earwitness completion bash > ~/.local/share/bash-completion/completions/earwitness", "bash"),
        ("earwitness completion zsh > ~/.zfunc/_earwitness", _("zsh, with ~/.zfunc in fpath")),
        ("earwitness completion fish > ~/.config/fish/completions/earwitness.fish", "fish"),
    ],
)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "earwitness", VARIABLE).source())
