"""What recordings in place have become, to be acknowledged: of which source, and what is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from agent import wire
from agent.client import clean
from tui.commands import Command
from tui.screens.note import AskLine
from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.choice_list import ChoiceList
from tui.widgets.intake_words import standing_words
from tui.widgets.key_hints import KeyHints
from tui.widgets.list_status import grouped

REASON_LENGTH = 1000


class ChooseSource(Dialog[str]):
    """A list of the sources where something stands; it returns the name of one."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="choose",
            key="enter",
            words=_("choose"),
            help=_("Acknowledge what stands of this source."),
            hinted=True,
        ),
    )

    def __init__(self, standing: Mapping[str, wire.Standing]) -> None:
        super().__init__()
        self._standing = standing

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(_("Acknowledge of which source?"), classes="title", markup=False)
            yield ChoiceList(
                *(Option(_choice(source, found)) for source, found in self._standing.items()), markup=False
            )
        yield KeyHints()

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    @on(OptionList.OptionSelected)
    def action_choose(self) -> None:
        chosen = self.query_one(OptionList).highlighted
        if chosen is not None:
            self.dismiss(list(self._standing)[chosen])


class AskWhatIsKnown(AskLine):
    """Ask what is known about it; it returns that."""

    def __init__(self, source: str, standing: wire.Standing) -> None:
        note = _("It is an alarm no longer; a later change is one again. It stands in the log with your reason.")
        about = f"{source}: {standing_words(standing)}. {note}"
        super().__init__(_("What is known about it?"), about, most=REASON_LENGTH)

    def problem(self, text: str) -> str | None:
        return None if text else _("Say in a few words what is known about it. Without a reason it stays an alarm.")


def _choice(source: str, standing: wire.Standing) -> Content:
    """A source in one line."""
    words = _("{source}: {changed} changed, {gone} gone")
    counts = {"changed": grouped(standing.changed), "gone": grouped(standing.vanished)}
    return Content(clean(words.format(source=source, **counts)))
