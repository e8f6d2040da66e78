"""`earwitness-agent`: the group of the server's commands, and what they share."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import click

from agent.cli.text import _, sentence
from agent.errors import EarwitnessError, IntegrityBroken, Unwritable
from agent.installation import Installation, open_installation
from agent.settings import Settings, load
from db.engine import RegisterUnreadable, RegisterUnwritable

DEFAULT_CONFIG = Path("/etc/earwitness/agent.toml")

Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(Mapping[str, click.Command]):
    """Commands by their names, loaded when asked for: most need neither what listens nor what reads sound."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = modules
        """The module below `agent.cli` for each name, in their order."""

    def __getitem__(self, name: str) -> click.Command:
        module = import_module(f"agent.cli.{self._modules[name]}")
        command = getattr(module, name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


class Program(click.Group):
    """Says every known error in one sentence, with the exit code that belongs to it."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except EarwitnessError as error:
            failed = error
        except RegisterUnreadable as error:
            failed = IntegrityBroken(what=_("The register ({why})").format(why=error))
        except RegisterUnwritable as error:
            failed = Unwritable(why=str(error))
        except BrokenPipeError:
            raise  # whoever read has left; click knows how to go
        except OSError as error:
            failed = EarwitnessError(what=error.strerror or type(error).__name__)
        click.echo(sentence(failed), err=True)
        return context.exit(failed.exit_code)

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order in which a person needs them."""
        return list(self.commands)


@click.group(
    cls=Program,
    help=_(
        "Takes recordings in, keeps them sealed, and logs every access.\n\n"
        "\b\n"
        "A first installation:\n"
        "  earwitness-agent init --config agent.toml     make it, with its first administrator\n"
        "  earwitness-agent run --config agent.toml      run it\n"
        "  earwitness-agent verify --config agent.toml   check that nothing was altered\n\n"
        "Exit codes: 0 good, 1 failed, 2 wrong use, 3 agent not reachable, 4 not permitted, 5 integrity broken."
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(version("earwitness"), prog_name="earwitness-agent")
def program() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(name)s: %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


def config_option(command: Command) -> Command:
    """`--config FILE`, handed to the command as `settings`."""
    return click.option(
        "--config",
        "settings",
        type=click.Path(path_type=Path, dir_okay=False),
        default=DEFAULT_CONFIG,
        show_default=True,
        envvar="EARWITNESS_CONFIG",
        callback=_loaded,
        help=_("The installation's configuration file."),
    )(command)


def _loaded(context: click.Context, parameter: click.Parameter, file: Path) -> Settings:
    return load(file)


@contextmanager
def opened(settings: Settings, *, also_as_root: bool = False) -> Iterator[Installation]:
    """The installation, closed afterwards; see `open_installation`."""
    house = open_installation(settings, also_as_root=also_as_root)
    try:
        yield house
    finally:
        house.close()


def progress_line(what: str, done: int, total: int) -> None:
    """A line that counts, on a terminal only."""
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{what}: {done:,} / {total:,}", nl=False, err=True)


def progress_ends() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
