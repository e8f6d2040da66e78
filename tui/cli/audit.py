"""`earwitness audit`: who accessed what, newest first; and what else security asks of the log."""

from __future__ import annotations

from pathlib import Path

import click

from agent import wire
from agent.client import Client
from tui.cli import audit_export, audit_follow, audit_review
from tui.cli.audit_table import entry_cells, entry_table
from tui.cli.command import QueryCommand, QueryWords
from tui.cli.linear import json_line
from tui.cli.paging import DEFAULT_LIMIT, pages
from tui.cli.place import Place
from tui.text import _

TERMS = (
    *("action:", "actor:", "after:", "before:", "case:", "contact:", "number:", "on:", "outcome:allowed"),
    *("outcome:failed", "outcome:refused", "purpose:", "reason:", "request:", "same-caller:", "searched:", "session:"),
    *("target:", "uid:", "via:"),
)


@click.command(
    cls=QueryCommand,
    short_help=_("Show who accessed what."),
    help=_(
        "List the entries of the access log, newest first. QUERY holds terms with blanks between: "
        "actor:anna.berg, action:contact.listen, outcome:refused, contact:ID (with its recordings), target:…, "
        "purpose:complaint, case:C-118, after:2026-01-31, before:…, on:…, uid:1000, via:tui, session:…, request:…, "
        "reason:out-of-scope; number:0401234567 finds who searched for a number and who opened calls with it, "
        "searched:WORD who searched for a word; -term means not.\n\n"
        "Instead of the list: --state, --hours, --odd, --acknowledge, --export, --follow. Every look into the log "
        "stands in it."
    ),
    examples=[
        (
            "earwitness audit outcome:refused after:2026-11-01",
            _("What was refused since the first of November."),
        ),
        ("earwitness audit contact:ID --json", _("Everything that was done with one contact.")),
        ("earwitness audit number:0401234567", _("Who searched for this number, and who opened its calls.")),
        ("earwitness audit --odd", _("What is unusual and nobody has looked into.")),
        (
            'earwitness audit --export log.jsonl --reason "yearly audit" after:2026-01-01',
            _("Entries with their proofs, for an auditor."),
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
@click.option("--follow", is_flag=True, help=_("Go on with new entries as they come, until Ctrl-C."))
@click.option("--state", is_flag=True, help=_("Say whether the log is whole and goes on."))
@click.option("--hours", is_flag=True, help=_("Count the entries of QUERY by weekday and hour."))
@click.option("--odd", is_flag=True, help=_("List what is odd in the log and nobody has acknowledged."))
@click.option("--acknowledged", is_flag=True, help=_("With --odd: what was acknowledged too."))
@click.option("--acknowledge", metavar="ID", help=_("Say that you have looked into an odd thing; needs --remark."))
@click.option("--remark", metavar=_("TEXT"), help=_("With --acknowledge: what you found."))
@click.option(
    "--export",
    "output",
    type=click.Path(path_type=Path),
    metavar=_("FILE"),
    help=_("Write the entries of QUERY with their proofs to a new file; needs --reason."),
)
@click.option("--reason", metavar=_("TEXT"), help=_("With --export: why it leaves the house."))
@click.pass_obj
def command(
    place: Place,
    query: tuple[str, ...],
    limit: int,
    as_json: bool,
    follow: bool,
    state: bool,
    hours: bool,
    odd: bool,
    acknowledged: bool,
    acknowledge: str | None,
    remark: str | None,
    output: Path | None,
    reason: str | None,
) -> None:
    _require_one(follow, state, hours, odd, acknowledge is not None, output is not None)
    _require_pair("--acknowledge", acknowledge, "--remark", remark)
    _require_pair("--export", output, "--reason", reason)
    if acknowledged and not odd:
        raise click.UsageError(_("{one} needs {other}.").format(one="--acknowledged", other="--odd"))
    asked = " ".join(query)
    if state:
        place.ask(lambda client: audit_review.state(client, as_json=as_json))
    elif hours:
        place.ask(lambda client: audit_review.hours(client, asked, as_json=as_json))
    elif odd:
        place.ask(lambda client: audit_review.odd(client, acknowledged=acknowledged, as_json=as_json))
    elif acknowledge is not None and remark is not None:
        place.ask(lambda client: audit_review.acknowledge(client, acknowledge, remark, as_json=as_json))
    elif output is not None and reason is not None:
        audit_export.write(place, output, asked, reason=reason, as_json=as_json)
    elif follow:
        place.ask(lambda client: audit_follow.follow(client, asked, as_json=as_json))
    else:
        place.ask(lambda client: _list(client, asked, limit, as_json=as_json))


async def _list(client: Client, query: str, limit: int, *, as_json: bool) -> None:
    table = entry_table()

    async def page(asked: int, cursor: str | None, as_of: str | None) -> wire.Page[wire.Entry]:
        return await client.audit(query, limit=asked, cursor=cursor, as_of=as_of)

    async for entries in pages(page, limit):
        if as_json:
            for entry in entries:
                json_line(entry.model_dump_json())
        else:
            table.print([entry_cells(entry) for entry in entries])


def _require_one(*modes: bool) -> None:
    if sum(modes) > 1:
        raise click.UsageError(
            _("Only one of {options} at a time.").format(
                options="--follow, --state, --hours, --odd, --acknowledge, --export"
            )
        )


def _require_pair(one: str, first: object, other: str, second: object) -> None:
    if first is not None and second is None:
        raise click.UsageError(_("{one} needs {other}.").format(one=one, other=other))
    if second is not None and first is None:
        raise click.UsageError(_("{one} needs {other}.").format(one=other, other=one))
