"""Asks whether a quarantined file is to be taken in once more, and repeats which."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from agent import wire
from tui.commands import Command
from tui.screens.shell import Dialog
from tui.text import _, outside
from tui.widgets.intake_words import kept_words, reason_sentence
from tui.widgets.key_hints import KeyHints


class AskRetry(Dialog[bool]):
    """Ask; True for yes."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="agree",
            key="enter",
            words=_("take in"),
            help=_("Read the file once more and take it in if it can be."),
            hinted=True,
        ),
    )

    def __init__(self, item: wire.QuarantineItem) -> None:
        super().__init__()
        self._item = item

    def compose(self) -> ComposeResult:
        title = _("Take {id} in once more?").format(id=self._item.id)
        with Vertical(classes="box"):
            yield Static(outside(title), classes="title", markup=False)
            yield Static(outside(self._item.source_name), markup=False)
            yield Static(outside(f"{reason_sentence(self._item.reason)} ({kept_words(self._item)})"), markup=False)
            yield Static(
                _("It makes sense when a setting was corrected. The retry stands in the log."),
                classes="note",
                markup=False,
            )
        yield KeyHints()

    def action_agree(self) -> None:
        self.dismiss(True)
