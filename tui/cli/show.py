"""`earwitness show`: one contact, and what each of its fields was read from."""

from __future__ import annotations

from collections.abc import Iterator

import click
from rich.cells import cell_len

from agent import wire
from agent.client import Client
from tui.cli.command import Command
from tui.cli.linear import NOTHING, json_line, local_second
from tui.cli.place import Place
from tui.text import _
from tui.widgets.contact_words import length_words, source_words

Line = tuple[str, str]
"""What it is, and what it says."""


@click.command(
    cls=Command,
    short_help=_("Show one contact and where its facts come from."),
    help=_("Show one contact: its facts with what each was read from, its recordings and its notes."),
    examples=[("earwitness show ID", _("ID stands at the end of each line of a search."))],
)
@click.argument("contact_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help=_("One JSON object, with its provenance."))
@click.pass_obj
def command(place: Place, contact_id: str, as_json: bool) -> None:
    async def show(client: Client) -> wire.ShownContact:
        return await client.contact(contact_id)

    contact = place.ask(show)
    if as_json:
        json_line(contact.model_dump_json())
        return
    lines = [*_facts(contact), *_recordings(contact), *_notes(contact)]
    width = max(cell_len(label) for label, _said in lines)
    for label, said in lines:
        click.echo(f"{label}{' ' * (width - cell_len(label))}  {said}")


def _facts(contact: wire.ShownContact) -> Iterator[Line]:
    number = _("withheld") if contact.withheld else contact.number
    facts: list[tuple[str, str, str | None]] = [
        ("id", _("id"), contact.id),
        ("medium", _("medium"), contact.medium.value),
        ("started_at", _("start"), local_second(contact.started_at)),
        ("duration_s", _("length"), length_words(contact.duration_s)),
        ("direction", _("direction"), contact.direction.value if contact.direction else None),
        ("number", _("number"), number),
        ("adviser", _("adviser"), contact.adviser),
        ("extension", _("extension"), contact.extension),
        ("service", _("service"), contact.service),
        ("taken_in_at", _("taken in"), local_second(contact.taken_in_at)),
        ("tags", _("tags"), " ".join(contact.tags) or None),
        ("cases", _("cases"), " ".join(contact.cases) or None),
        ("attention", _("attention"), contact.attention),
    ]
    for field, label, value in facts:
        yield label, (value or NOTHING) + _source(contact.provenance.get(field))


def _source(provenance: wire.Provenance | None) -> str:
    if provenance is None:
        return ""
    said = f" “{provenance.said}”" if provenance.said else ""
    problem = f"; {provenance.problem}" if provenance.problem else ""
    return f"  [{source_words(provenance.read_from)}{said}{problem}]"


def _recordings(contact: wire.ShownContact) -> Iterator[Line]:
    for recording in contact.recordings:
        sound = f"{recording.encoding} {recording.rate_hz} Hz × {recording.channels}"
        interrupted = ", " + _("interrupted") if recording.interrupted else ""
        yield _("recording"), f"{recording.id}  {length_words(recording.duration_s)}  {sound}{interrupted}"
        yield _("file"), recording.source_name
        yield "SHA-256", recording.sha256


def _notes(contact: wire.ShownContact) -> Iterator[Line]:
    for note in contact.noted:
        position = f" {length_words(note.position_s)}" if note.position_s is not None else ""
        yield _("note"), f"{local_second(note.at)} {note.author}{position}: {note.text}"
