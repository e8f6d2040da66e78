"""`earwitness audit`: who accessed what, newest first."""

from __future__ import annotations

import click

from agent import wire
from agent.client import Client
from tui.cli.command import QueryCommand, QueryWords
from tui.cli.linear import NOTHING, LinearTable, json_line, local_second
from tui.cli.paging import DEFAULT_LIMIT, pages
from tui.cli.place import Place
from tui.text import _

TERMS = (
    *("action:", "actor:", "after:", "before:", "contact:", "on:", "outcome:allowed", "outcome:failed"),
    *("outcome:refused", "purpose:", "target:", "uid:"),
)


@click.command(
    cls=QueryCommand,
    short_help=_("Show who accessed what."),
    help=_(
        "List the entries of the access log, newest first. QUERY holds terms with blanks between: "
        "actor:anna.berg, action:contact.listen, outcome:refused, contact:ID, target:…, purpose:complaint, "
        "after:2026-01-31, before:…, on:…, uid:1000; -term means not."
    ),
    examples=[
        (
            "earwitness audit outcome:refused after:2026-11-01",
            _("What was refused since the first of November."),
        ),
        ("earwitness audit contact:ID --json", _("Everything that was done with one contact.")),
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
@click.pass_obj
def command(place: Place, query: tuple[str, ...], limit: int, as_json: bool) -> None:
    table = LinearTable(
        [_("no."), _("time"), _("who"), _("action"), _("outcome"), _("what"), _("purpose"), _("reason")]
    )

    async def audit(client: Client) -> None:
        async def page(asked: int, cursor: str | None, as_of: str | None) -> wire.Page[wire.Entry]:
            return await client.audit(" ".join(query), limit=asked, cursor=cursor, as_of=as_of)

        async for entries in pages(page, limit):
            if as_json:
                for entry in entries:
                    json_line(entry.model_dump_json())
            else:
                table.print([_cells(entry) for entry in entries])

    place.ask(audit)


def _cells(entry: wire.Entry) -> list[str]:
    return [
        str(entry.seq),
        local_second(entry.at),
        entry.actor.account or (NOTHING if entry.actor.uid is None else f"uid {entry.actor.uid}"),
        entry.action,
        entry.outcome.value,
        entry.target or NOTHING,
        " ".join(part for part in (entry.purpose, entry.case) if part) or NOTHING,
        entry.reason or NOTHING,
    ]
