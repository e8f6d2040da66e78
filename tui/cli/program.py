"""The command `earwitness` itself: without a subcommand the terminal UI, else one of the subcommands.

It owns how every command ends: an error as a sentence on stderr with its status, an interruption quietly.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from agent.client import clean
from agent.errors import EarwitnessError
from tui.cli.command import place_options, write_examples
from tui.text import _, sentence

COMMANDS = ("login", "logout", "search", "show", "play", "export", "audit", "demo", "completion")
"""Each is a module beside this one, imported when it is asked for."""
INTERRUPTED = 130
"""The status of a program that was ended by Ctrl-C: 128 and the signal's number."""


class Program(click.Group):
    """The group of all subcommands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"tui.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with _safely_said():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _safely_said():
                return super().invoke(ctx)
        except EarwitnessError as error:
            click.echo(sentence(error), err=True)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            ctx.exit(INTERRUPTED)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(
            [
                ("earwitness demo", _("Look around: a whole installation with invented calls.")),
                ("earwitness", _("Open the terminal UI on this server's agent.")),
                (
                    "earwitness --host ssh://anna@recorder",
                    _("The same from your own workstation, with the sound at your end."),
                ),
                ("earwitness login --user anna.berg", _("Begin a session for the commands below.")),
                (
                    "earwitness search service:vatten after:2026-11-01 -adviser:anna",
                    _("List calls; -term means not."),
                ),
            ],
            formatter,
        )


@contextmanager
def _safely_said() -> Iterator[None]:
    """Clean what click repeats of the arguments; they may hold a terminal's control characters."""
    try:
        yield
    except click.ClickException as error:
        lines = [clean(line) for line in error.message.split("\n")]
        error.message = "\n".join(lines)  # type: ignore[misc]  # Final there, and nothing else reaches show()
        raise


def _show_version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if not asked or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        said = version("earwitness")
    except PackageNotFoundError:
        said = _("(run from its source, not installed)")
    click.echo(f"earwitness {said}")
    ctx.exit()


@click.pass_context
def _open_screens(ctx: click.Context) -> None:
    if ctx.invoked_subcommand is None:
        from tui.cli import screens

        ctx.exit(screens.open_on(ctx.obj))


program = Program(
    name="earwitness",
    callback=_open_screens,
    invoke_without_command=True,
    help=_(
        "Search, hear and audit the recordings of a customer service. Without a command it opens the "
        "terminal UI; every command is also to be had there."
    ),
    params=[
        *place_options(with_environment=True),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help=_("Show the version and end."),
        ),
    ],
)
