"""`unmatched`: calls without a recording and recordings without a call, for the server's own staff."""

from __future__ import annotations

import click

from agent.cli.program import config_option, opened
from agent.cli.text import _, ngettext
from agent.services.caller import new_request_id, server_actor
from agent.services.desk import Desk
from agent.services.unmatched import ACTION, DEFAULT_DAYS, MOST_DAYS, SourceUnmatched, compared
from agent.settings import Settings


@click.command(
    help=_(
        "Calls without a recording, and recordings without a call, by the telephone system's own records.\n\n"
        "For sources with call_records. Numbers are not shown: they are customers'."
    )
)
@config_option
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=DEFAULT_DAYS, show_default=True, help=_("How far back.")
)
def unmatched(settings: Settings, days: int) -> None:
    with opened(settings) as house:
        desk = Desk(house)
        with desk.gate.attempt(server_actor(), ACTION, new_request_id()) as access, desk.gate.reading():
            access.detail["days"] = days
            reports = compared(house, desk.pipeline.calls, days)
    if not reports:
        click.echo(_("No source says where the records of its calls are (call_records)."))
    for report in reports:
        for line in _lines(report):
            click.echo(line)


def _lines(report: SourceUnmatched) -> list[str]:
    if report.trouble:
        why = _("the call records cannot be read: {why}").format(why=report.trouble)
        return [f"{report.source}: {why}"]
    calls, recordings = report.found.calls, report.found.recordings
    lines = [
        f"{report.source}: "
        + ngettext("{count} call without a recording", "{count} calls without a recording", len(calls)).format(
            count=len(calls)
        )
    ]
    lines += [f"  {call.started or '?'}  {_plain(call.unique_id)}  {call.billed_s} s" for call in calls]
    lines.append(
        f"{report.source}: "
        + ngettext("{count} recording without a call", "{count} recordings without a call", len(recordings)).format(
            count=len(recordings)
        )
    )
    lines += [
        f"  {recording.started:%Y-%m-%d %H:%M:%S}  {_plain(recording.call_id or '')}  {recording.contact_id}"
        for recording in recordings
    ]
    if report.found.uncertain:
        count = report.found.uncertain
        lines.append(
            "  "
            + ngettext(
                "{count} recording does not say which call it is of",
                "{count} recordings do not say which call they are of",
                count,
            ).format(count=count)
        )
    return lines


def _plain(said: str) -> str:
    """Text from outside, without anything that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in said)
