"""`earwitness play`: hear a contact on this machine, without a screen."""

from __future__ import annotations

import sys

import click

from agent import wire
from agent.client import Client
from tui.cli.command import Command
from tui.cli.place import Place
from tui.cli.purpose import case_option, purpose_option
from tui.text import _
from tui.widgets.contact_words import length_words


@click.command(
    cls=Command,
    short_help=_("Hear a contact."),
    help=_("Play a contact to its end, at this machine's sound output; Ctrl-C ends it. The log keeps it."),
    examples=[("earwitness play ID --purpose complaint --case C-118", _("Hear a call because of a complaint."))],
)
@click.argument("contact_id", metavar="ID")
@purpose_option
@case_option
@click.option("--reason", metavar=_("TEXT"), help=_("Why, in your own words."))
@click.pass_obj
def command(place: Place, contact_id: str, purpose: str, case: str | None, reason: str | None) -> None:
    async def play(client: Client) -> None:
        from tui.player.headless import play_to_end

        contact = await client.contact(contact_id)
        position = PositionLine(contact.duration_s)
        try:
            await play_to_end(
                client,
                contact,
                purpose=wire.Purpose(purpose),
                case=case,
                reason=reason,
                on_position=position.show,
                on_silence=_say_silence,
            )
        finally:
            position.end()

    place.ask(play)


class PositionLine:
    """The seconds that pass, on one line of the terminal; in a pipe it says nothing.

    Args:
        duration_s: Of the whole.
    """

    def __init__(self, duration_s: float) -> None:
        self._whole = length_words(duration_s)
        self._shown = ""
        self._is_terminal = sys.stderr.isatty()

    def show(self, position_s: float) -> None:
        said = f"{length_words(position_s)} / {self._whole}"
        if self._is_terminal and said != self._shown:
            click.echo(f"\r{said}", nl=False, err=True)
            self._shown = said

    def end(self) -> None:
        if self._shown:
            click.echo(err=True)


def _say_silence() -> None:
    click.echo(_("There is no sound output here: it plays, and nobody can hear it."), err=True)
