"""The state of the log, its hours, and what is odd in it, as plain output."""

from __future__ import annotations

from datetime import datetime

import click

from agent import wire
from agent.client import Client
from tui.cli.linear import LinearTable, json_line, local_second
from tui.text import _, ngettext
from tui.widgets.odd_words import acknowledged_words, odd_sentence
from tui.widgets.weekday_words import weekday_letters

HOTTEST = 9
"""The digit of the fullest hour."""


async def state(client: Client, *, as_json: bool) -> None:
    """Whether the log is whole and goes on, one fact a line."""
    found = await client.log_state()
    if as_json:
        json_line(found.model_dump_json())
        return
    for label, value in _facts(found):
        click.echo(f"{label}: {value}")


def _facts(found: wire.LogState) -> list[tuple[str, str]]:
    checkpoint = _reached(found.checkpoint_size, found.checkpoint_at)
    facts = [
        (_("log"), _("goes on") if found.can_log else _("CANNOT LOG: nothing is released")),
        (_("entries"), str(found.size)),
        (_("checkpoint"), checkpoint),
        (_("verified"), _verdict(found)),
    ]
    facts += [(_("witness {name}").format(name=one.name), _of_witness(one)) for one in found.witnesses]
    facts += [] if found.witnesses else [(_("witness"), _("none"))]
    facts += [(_("sentry"), _of_sentry(found.sentry))]
    facts += [
        (_("odd"), ngettext("{count} to acknowledge", "{count} to acknowledge", found.odd).format(count=found.odd))
    ]
    return facts + [(_("trouble"), why) for why in found.trouble]


def _verdict(found: wire.LogState) -> str:
    if found.verified_whole is None:
        return _("never")
    reached = _reached(found.verified_size, found.verified_at)
    return reached + ", " + (_("whole") if found.verified_whole else _("BROKEN"))


def _of_witness(one: wire.WitnessState) -> str:
    return ", ".join(filter(None, [_reached(one.size or 0, one.at), one.trouble]))


def _of_sentry(one: wire.SentryState | None) -> str:
    if one is None:
        return _("none")
    since = None if one.since is None else local_second(one.since)
    gaps = ngettext("{count} gap", "{count} gaps", one.gaps).format(count=one.gaps)
    return ", ".join(filter(None, [one.seeing, since, gaps, one.trouble]))


def _reached(size: int, at: datetime | None) -> str:
    """How many entries something covers, and when it was made."""
    if at is None:
        return _("none")
    counted = ngettext("{count} entry", "{count} entries", size).format(count=size)
    return f"{counted}, {local_second(at)}"


async def hours(client: Client, query: str, *, as_json: bool) -> None:
    """A heat map in digits: 0 where there was nothing, 9 for the fullest hour; with the sum of each weekday."""
    found = await client.audit_hours(query)
    if as_json:
        json_line(found.model_dump_json())
        return
    most = max(map(max, found.counts))
    click.echo(
        _("{since} to {until}, hours of {zone}; 9 is {most} entries").format(
            since=local_second(found.since), until=local_second(found.until), zone=found.zone, most=most
        )
    )
    table = LinearTable([_("day"), "0-5", "6-11", "12-17", "18-23", _("sum")])
    table.print(
        [
            [
                day,
                *["".join(_digit(count, most) for count in row[at : at + 6]) for at in range(0, 24, 6)],
                str(sum(row)),
            ]
            for day, row in zip(weekday_letters(), found.counts, strict=True)
        ]
    )


def _digit(count: int, most: int) -> str:
    """1 to 9 by the share of the fullest; nothing but 0 is 0."""
    return str(-(-count * HOTTEST // most)) if count else "0"


async def odd(client: Client, *, acknowledged: bool, as_json: bool) -> None:
    """What is odd, newest first, with the search that shows its entries."""
    found = await client.odd(acknowledged=acknowledged)
    if as_json:
        for one in found:
            json_line(one.model_dump_json())
        return
    table = LinearTable([_("id"), _("time"), _("search"), _("what is odd")])
    table.print([_cells(one) for one in found])


def _cells(one: wire.Odd) -> list[str]:
    said = [odd_sentence(one), acknowledged_words(one)]
    return [one.id, local_second(one.at), one.query, " ".join(filter(None, said))]


async def acknowledge(client: Client, odd_id: str, remark: str, *, as_json: bool) -> None:
    await client.acknowledge(odd_id, remark)
    if not as_json:
        click.echo(_("Acknowledged. When more of it happens, it is odd again."))
