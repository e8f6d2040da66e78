"""`verify`, `checkpoint`, `prove …`, `export-log`: that nothing was altered, for ourselves and for auditors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

import click

from agent.audit import proof
from agent.audit.entry import Draft
from agent.audit.verify import Report, Verification
from agent.cli.program import config_option, opened, progress_ends, progress_line
from agent.cli.status import VERIFIED
from agent.cli.text import _, ngettext, sentence
from agent.errors import EarwitnessError, IntegrityBroken, NotFound, WrongUse
from agent.installation import Installation, checkpoint_file, far_checkpoint_file
from agent.intake.in_place import InPlaceFiles
from agent.services.caller import new_request_id, server_actor
from agent.settings import Settings
from agent.wire import Outcome
from db.queries import log as stored
from db.queries import witness as witnessed

NOTE_LIMIT = 100_000
"""Characters of a note; one with many witnesses has a few thousand."""


@click.command(
    help=_(
        "Recompute the whole log from its stored bytes, and say what is not what was written.\n\n"
        "With --recordings every sealed recording is read, decrypted and compared too. With --since only what came"
        " after a checkpoint is recomputed; that the log still begins as it says is checked by the tree. The agent may"
        " go on running. That it was checked, and what came of it, is an entry.\n"
        "Exit code 5 when something is broken."
    )
)
@config_option
@click.option("--recordings", is_flag=True, help=_("Read every sealed recording too."))
@click.option(
    "--since", type=click.File("r", encoding="utf-8"), metavar="CHECKPOINT", help=_("A signed note, or - for stdin.")
)
@click.option(
    "--remembered",
    type=click.File("r", encoding="utf-8"),
    multiple=True,
    metavar="FILE",
    help=_("A signed note that was kept elsewhere: the whole log is held against it. May be given again."),
)
def verify(settings: Settings, recordings: bool, since: TextIO | None, remembered: tuple[TextIO, ...]) -> None:
    notes = {f"in {Path(file.name).name}": _note(file) for file in remembered}
    with opened(settings) as house:
        checking = Verification(
            house.register,
            house.log.signer.verifier,
            house.vault,
            checkpoint_file(settings),
            progress_line,
            far_checkpoint_file(settings),
            InPlaceFiles(house).check,
        )
        report = checking.run(recordings=recordings, since=_note(since) if since else None, remembered=notes)
        progress_ends()
        _say(report, recordings=recordings)
        _record(house, report)
    if report.findings:
        raise IntegrityBroken(what=str(report.findings[0]))
    click.echo(_("Everything is what was written."))


def _note(file: TextIO) -> str:
    try:
        return file.read(NOTE_LIMIT)
    except UnicodeDecodeError as error:
        raise WrongUse(what=f"{Path(file.name).name} is no checkpoint") from error


def _say(report: Report, *, recordings: bool) -> None:
    click.echo(
        ngettext("{count} entry, head {head}", "{count} entries, head {head}", report.entries).format(
            count=report.entries, head=report.head
        )
    )
    if report.checked_from:
        said = _("recomputed from entry {first} on; that those before it are the same was shown by the checkpoint")
        click.echo(said.format(first=report.checked_from))
    said = _("{count} files, read and compared") if recordings else _("{count} files, not read")
    click.echo(said.format(count=report.recordings))
    for finding in report.findings:
        click.echo(_("broken: {finding}").format(finding=finding), err=True)


def _record(house: Installation, report: Report) -> None:
    """That it was checked stands in the log, unless the log takes nothing: then that is said."""
    outcome = Outcome.FAILED if report.findings else Outcome.ALLOWED
    detail = {"size": report.entries, "findings": len(report.findings), "from": report.checked_from}
    try:
        house.log.record(Draft(server_actor(), VERIFIED, outcome, detail=detail, request_id=new_request_id()))
    except EarwitnessError as error:
        click.echo(_("This check is not in the log: {why}").format(why=sentence(error)), err=True)


@click.command(
    help=_(
        "Print the newest signed head of the log (C2SP tlog-checkpoint, signed-note), with the cosignatures of the "
        "witnesses that have seen just this one. With --cosigned, the newest that any witness has cosigned."
    )
)
@config_option
@click.option("--cosigned", is_flag=True, help=_("The newest that a witness has cosigned."))
def checkpoint(settings: Settings, cosigned: bool) -> None:
    with opened(settings) as house, house.register.read():
        note = witnessed.newest_cosigned_note() if cosigned else stored.newest_checkpoint()
        if note is None:
            raise NotFound(kind="checkpoint", id="newest")
        lines = [found.line for found in witnessed.cosignatures_of(note.size) if found.note == note.note]
    click.echo(note.note + "".join(lines), nl=False)


@click.group(help=_("Proofs of RFC 6962 as JSON, for other people's tools."))
def prove() -> None:
    pass


@prove.command(help=_("That entry N stands in the log of M entries. Entries count from 0."))
@config_option
@click.argument("n", type=int)
@click.option("--size", "m", type=int, required=True, help=_("Size of the log, as a checkpoint states it."))
def inclusion(settings: Settings, n: int, m: int) -> None:
    with opened(settings) as house, house.register.read():
        click.echo(json.dumps(proof.inclusion(n, m)))


@prove.command(help=_("That the log of M entries is the beginning of the log of N entries."))
@config_option
@click.argument("m", type=int)
@click.argument("n", type=int)
def consistency(settings: Settings, m: int, n: int) -> None:
    with opened(settings) as house, house.register.read():
        click.echo(json.dumps(proof.consistency(m, n)))


@click.command(name="export-log", help=_("Write the log into DIR as plain files: checkpoint, vkey, leaves."))
@config_option
@click.option("-o", "folder", type=click.Path(path_type=Path, file_okay=False), required=True, metavar="DIR")
def export_log(settings: Settings, folder: Path) -> None:
    with opened(settings) as house, house.register.read():
        count = proof.export(folder, house.log.signer.verifier)
    click.echo(_("{count} leaves in {folder}").format(count=count, folder=folder))
