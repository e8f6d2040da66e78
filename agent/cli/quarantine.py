"""`quarantine …`: what could not be taken in, for the server's own staff."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from agent.audit.entry import Draft
from agent.cli.program import config_option, opened, program
from agent.cli.text import _
from agent.errors import Conflict, NotFound
from agent.installation import Installation
from agent.intake.pipeline import Pipeline
from agent.intake.wav import NotWav
from agent.services.bodies import instant
from agent.services.caller import server_actor
from agent.settings import Settings
from agent.wire import Outcome
from db.queries import contacts
from db.queries import quarantine as items

PAGE = 500


@program.group(help=_("Files that could not be taken in. Names are not shown: they hold customers' numbers."))
def quarantine() -> None:
    pass


@contextmanager
def _logged(settings: Settings, action: str, target: str | None) -> Iterator[Installation]:
    """The installation, with an entry for what is done to it here."""
    with opened(settings) as house:
        house.log.record(Draft(server_actor(), action, Outcome.ALLOWED, target=target))
        yield house


@quarantine.command(name="list", help=_("What lies there, and why."))
@config_option
def list_items(settings: Settings) -> None:
    with _logged(settings, "quarantine.read", None) as house, house.register.read():
        offset = 0
        while found := items.open_items(offset=offset, limit=PAGE, up_to_ms=None):
            for item in found:
                where = _("sealed") if item.wrapped_key is not None else _("left in the spool")
                click.echo(f"{item.id}  {instant(item.at_ms):%Y-%m-%d %H:%M}  {item.source}  {item.reason}  {where}")
            offset += len(found)


@quarantine.command(help=_("Read a quarantined file once more, for instance after an upgrade."))
@config_option
@click.argument("item_id", metavar="ID")
def retry(settings: Settings, item_id: str) -> None:
    with _logged(settings, "quarantine.retry", item_id) as house:
        with house.register.read():
            item = items.by_id(item_id)
        if item is None:
            raise NotFound(kind="quarantined file", id=item_id)
        if item.wrapped_key is None:
            house.register.write(lambda: items.end(item_id, house.now_ms()))
            return
        try:
            contact = Pipeline(house).taken_from_quarantine(item)
        except NotWav as error:
            raise Conflict(what=f"the file is still no recording ({error.reason})") from error

        def job() -> None:
            contacts.add(contact)
            items.end(item_id, house.now_ms())

        house.register.write(job)
