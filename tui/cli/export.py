"""`earwitness export`: the untouched file of a recording, to a new file that only its owner can read."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from agent import wire
from agent.client import Client
from tui.cli.command import Command
from tui.cli.place import Place
from tui.cli.purpose import case_option, chosen_recording, purpose_option, recording_option
from tui.exporting import export_to
from tui.new_file import NotWritten, refuse_existing
from tui.text import _


@click.command(
    cls=Command,
    short_help=_("Write a recording to a file."),
    help=_(
        "Write a recording as it came from the recorder to FILE, which must not exist yet. It is compared "
        "with the catalogue's SHA-256. The export and its reason stand in the log."
    ),
    examples=[
        (
            'earwitness export ID -o call.wav --purpose complaint --case C-118 --reason "asked by customer"',
            _("One recording, for a complaint."),
        )
    ],
)
@click.argument("contact_id", metavar="ID")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar=_("FILE"),
    help=_("The file to write."),
)
@purpose_option
@click.option("--reason", required=True, metavar=_("TEXT"), help=_("Why it has to leave the register."))
@case_option
@recording_option
@click.pass_obj
def command(
    place: Place,
    contact_id: str,
    output: Path,
    purpose: str,
    reason: str,
    case: str | None,
    recording: str | None,
) -> None:
    async def export(client: Client) -> wire.Recording:
        chosen = chosen_recording(await client.contact(contact_id), recording)
        with click.progressbar(length=chosen.size_bytes, file=sys.stderr, hidden=not sys.stderr.isatty()) as progress:
            await export_to(
                output,
                client,
                contact_id,
                chosen,
                purpose=wire.Purpose(purpose),
                reason=reason,
                case=case,
                on_progress=lambda written_bytes: progress.update(written_bytes - progress.pos),
            )
        return chosen

    try:
        refuse_existing(output)
        exported = place.ask(export)
    except NotWritten as error:
        raise click.ClickException(str(error)) from error
    said = _("{bytes} bytes written. SHA-256 {sha256}")
    click.echo(said.format(bytes=exported.size_bytes, sha256=exported.sha256))
