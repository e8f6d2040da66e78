"""What every subcommand has in common: where the agent is, the language, and examples in its help."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from tui.cli.place import Place
from tui.cli.tunnel import Host
from tui.text import LANGUAGES, _

Example = tuple[str, str]
"""A command line, and what it does."""


class Command(click.Command):
    """A subcommand that takes the common options too, and shows examples under its help."""

    def __init__(self, *args: Any, examples: Sequence[Example] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.params.extend(place_options())

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(self.examples, formatter)


class QueryCommand(Command):
    """A subcommand with a query in which `-term` means "not": it has long options only.

    Whatever starts with a single dash is therefore a word of the query, wherever it stands; what starts
    with two is an option; after `--` everything is a word.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options, words = self._told_apart(args)
        return super().parse_args(ctx, [*options, "--", *words])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        if incomplete.startswith("-") and not incomplete.startswith("--"):
            words = next(param for param in self.params if isinstance(param, click.Argument))
            return words.shell_complete(ctx, incomplete)
        return super().shell_complete(ctx, incomplete)

    def _told_apart(self, args: list[str]) -> tuple[list[str], list[str]]:
        takes_value = {
            name
            for option in self.params
            if isinstance(option, click.Option) and not option.is_flag
            for name in option.opts
        }
        options: list[str] = []
        words: list[str] = []
        left = iter(args)
        for argument in left:
            if argument == "--":
                words.extend(left)
            elif argument.startswith("--"):
                options.append(argument)
                if argument in takes_value:
                    options.extend(value for value in [next(left, None)] if value is not None)
            else:
                words.append(argument)
        return options, words


class QueryWords(click.ParamType[str]):
    """The words of a query; they are completed with the terms that there are.

    Args:
        terms: What stands before the colon of a term.
    """

    name = "query"

    def __init__(self, terms: Sequence[str]) -> None:
        self.terms = tuple(terms)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        dash, typed = ("-", incomplete[1:]) if incomplete.startswith("-") else ("", incomplete)
        return [CompletionItem(dash + term) for term in self.terms if term.startswith(typed)]


class HostName(click.ParamType[Host]):
    """`ssh://[user@]server[:port]`."""

    name = "host"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Host:
        if isinstance(value, Host):
            return value
        try:
            return Host.parsed(value)
        except ValueError:
            self.fail(_("write ssh://server or ssh://user@server"), param, ctx)


def place_options(*, with_environment: bool = False) -> list[click.Option]:
    """`--socket`, `--host` and `--lang`: they may stand before the subcommand and after it; the later holds.

    Args:
        with_environment: Also read EARWITNESS_SOCKET: once, before the subcommand, so that it never
        overrides an option.
    """
    return [
        click.Option(
            ["--socket"],
            type=click.Path(path_type=Path),
            metavar=_("PATH"),
            envvar="EARWITNESS_SOCKET" if with_environment else None,
            expose_value=False,
            callback=_keep_socket,
            help=_("The agent's socket; also EARWITNESS_SOCKET."),
        ),
        click.Option(
            ["--host"],
            type=HostName(),
            metavar="ssh://[USER@]SERVER",
            expose_value=False,
            callback=_keep_host,
            help=_("The agent on another server, through ssh; sound plays here."),
        ),
        language_option(),
    ]


def language_option() -> click.Option:
    """`--lang`: obeyed long before (`tui.__main__`), here only checked and explained."""
    return click.Option(
        ["--lang"],
        type=click.Choice(LANGUAGES),
        expose_value=False,
        help=_("The language; else that of the environment."),
    )


def write_examples(examples: Sequence[Example], formatter: click.HelpFormatter) -> None:
    """Write examples as a part of a help, each with what it does beneath."""
    if not examples:
        return
    with formatter.section(_("Examples")):
        for line, explanation in examples:
            formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
            with formatter.indentation():
                formatter.write_text(explanation)


def _keep_socket(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    place = ctx.ensure_object(Place)
    if value is not None:
        place.socket = value


def _keep_host(ctx: click.Context, _param: click.Parameter, value: Host | None) -> None:
    place = ctx.ensure_object(Place)
    if value is not None:
        place.host = value
