"""`earwitness search`: contacts that match a query, as a table, as JSON or as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from agent import wire
from agent.client import Client
from tui.cli import comma_separated
from tui.cli.command import QueryCommand, QueryWords
from tui.cli.linear import NOTHING, LinearTable, json_line, zone
from tui.cli.paging import DEFAULT_LIMIT, pages
from tui.cli.place import Place
from tui.text import _
from tui.widgets.contact_words import at_minute, length_words

TERMS = (
    *(
        "adviser:",
        "after:",
        "before:",
        "case:",
        "direction:in",
        "direction:out",
        "has:note",
        "longer:",
        "number:",
    ),
    *("on:", "service:", "shorter:", "tag:"),
)
ORDERS = {order.name.lower(): order for order in wire.ContactSort}

Print = Callable[[Sequence[wire.Contact]], None]


@click.command(
    cls=QueryCommand,
    short_help=_("List contacts that match a query."),
    help=_(
        "List contacts, newest first. QUERY holds words and terms with blanks between: number:0401234567, "
        "number:*4567, adviser:anna, service:vatten, direction:in, after:2026-01-31, before:…, on:…, "
        "longer:5m, shorter:30s, case:…, tag:…, has:note; -term means not. Without a query it lists all that "
        "you may see."
    ),
    examples=[
        (
            "earwitness search service:vatten -adviser:anna longer:3m",
            _("Calls about water longer than three minutes that Anna did not take."),
        ),
        ("earwitness search number:*4567 --json", _("One JSON object a line, for a script.")),
        (
            "earwitness search on:2026-11-23 --limit 0 --csv > calls.csv",
            _("A whole day for a spreadsheet; cells that it would calculate get an apostrophe in front."),
        ),
    ],
)
@click.argument("query", nargs=-1, type=QueryWords(TERMS))
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=DEFAULT_LIMIT,
    show_default=True,
    metavar="N",
    help=_("How many at most; 0 for all."),
)
@click.option("--json", "as_json", is_flag=True, help=_("One JSON object a line."))
@click.option("--csv", "as_csv", is_flag=True, help=_("Comma-separated, with a heading."))
@click.option("--sort", type=click.Choice(tuple(ORDERS)), default="newest", show_default=True, help=_("The order."))
@click.pass_obj
def command(place: Place, query: tuple[str, ...], limit: int, as_json: bool, as_csv: bool, sort: str) -> None:
    if as_json and as_csv:
        raise click.UsageError(_("Choose one of --json and --csv."))
    show = _printed_json if as_json else _csv_printer() if as_csv else _table_printer()

    async def search(client: Client) -> None:
        async def page(asked: int, cursor: str | None, as_of: str | None) -> wire.Page[wire.Contact]:
            return await client.contacts(" ".join(query), limit=asked, sort=ORDERS[sort], cursor=cursor, as_of=as_of)

        async for contacts in pages(page, limit):
            show(contacts)

    place.ask(search)


def _printed_json(contacts: Sequence[wire.Contact]) -> None:
    for contact in contacts:
        json_line(contact.model_dump_json())


def _csv_printer() -> Print:
    heading = [comma_separated.heading()]

    def show(contacts: Sequence[wire.Contact]) -> None:
        text = (heading.pop() if heading else "") + comma_separated.lines(contacts)
        click.echo(text.encode("utf-8"), nl=False)

    return show


def _table_printer() -> Print:
    start = _("start ({zone})").format(zone=zone())
    table = LinearTable([start, _("dir"), _("length"), _("service"), _("adviser"), _("number"), _("id")])
    return lambda contacts: table.print([_cells(contact) for contact in contacts])


def _cells(contact: wire.Contact) -> list[str]:
    return [
        at_minute(contact.started_at),
        contact.direction.value if contact.direction else NOTHING,
        length_words(contact.duration_s),
        contact.service or NOTHING,
        contact.adviser or NOTHING,
        _("withheld") if contact.withheld else contact.number or NOTHING,
        contact.id,
    ]
