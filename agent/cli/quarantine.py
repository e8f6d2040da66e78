"""`quarantine …`: what could not be taken in, for the server's own staff."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from agent.cli.program import config_option, opened
from agent.cli.text import _
from agent.errors import WrongUse
from agent.services.bodies import instant
from agent.services.caller import new_request_id, server_actor
from agent.services.desk import Desk
from agent.services.gate import Access
from agent.services.intake import retried, target_of
from agent.services.listening import Stated
from agent.services.quarantined import released
from agent.settings import Settings
from agent.wire import Purpose
from db.queries import quarantine as items
from db.records import QuarantineRecord

PAGE = 500


@click.group(help=_("Files that could not be taken in. Names are not shown: they hold customers' numbers."))
def quarantine() -> None:
    pass


@contextmanager
def _acting(settings: Settings, action: str, item_id: str | None = None) -> Iterator[tuple[Desk, Access]]:
    """The installation, with an entry for what is done to it here."""
    with opened(settings) as house:
        desk = Desk(house)
        target = None if item_id is None else target_of(desk.gate, item_id)
        with desk.gate.attempt(server_actor(), action, new_request_id(), target) as access, desk.gate.reading():
            yield desk, access


@quarantine.command(name="list", help=_("What lies there, and why."))
@config_option
def list_items(settings: Settings) -> None:
    lines: list[str] = []
    with _acting(settings, "quarantine.read"):
        while found := items.open_items(offset=len(lines), limit=PAGE, up_to_ms=None):
            lines += map(_line, found)
    for line in lines:
        click.echo(line)


def _line(item: QuarantineRecord) -> str:
    where = _("sealed") if item.wrapped_key is not None else _("left in the spool")
    return f"{item.id}  {instant(item.at_ms):%Y-%m-%d %H:%M}  {item.source}  {item.reason}  {where}"


@quarantine.command(help=_("Read a quarantined file once more, for instance after an upgrade."))
@config_option
@click.argument("item_id", metavar="ID")
def retry(settings: Settings, item_id: str) -> None:
    with _acting(settings, "quarantine.retry", item_id) as (desk, access):
        retried(access, desk.pipeline, item_id)


@quarantine.command(help=_("Write a quarantined file, as it came, for the vendor. The log has it, with the reason."))
@config_option
@click.argument("item_id", metavar="ID")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=_("A file that is not there."),
)
@click.option("--reason", required=True, help=_("Why, in words."))
@click.option(
    "--purpose",
    type=click.Choice([purpose.value for purpose in Purpose]),
    default=Purpose.QUALITY.value,
    show_default=True,
    help=_("What for, from the privacy notice."),
)
def export(settings: Settings, item_id: str, output: Path, reason: str, purpose: str) -> None:
    with _acting(settings, "quarantine.export", item_id) as (_desk, access):
        try:
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError as error:
            raise WrongUse(what=f"{output} is there already") from error
        try:
            with os.fdopen(descriptor, "wb") as file:
                for piece in released(access, item_id, Stated(purpose, None, reason)).pieces():
                    file.write(piece)
        except BaseException:
            output.unlink(missing_ok=True)
            raise
