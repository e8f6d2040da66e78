"""A line about a contact, asked for: a note, or a tag."""

from __future__ import annotations

import re
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label

from agent.client import clean
from tui.screens.shell import Dialog
from tui.text import _, outside
from tui.widgets.contact_words import length_words

NOTE_LENGTH, TAG_LENGTH = 4000, 40
TAG = re.compile(r"[\w-]{1,40}")


class AskLine(Dialog[str]):
    """Ask for one line.

    Args:
        title: Our own words above it.
        about: A sentence below it, which may hold outside text.
        most: Characters that it may have.
    """

    CSS_PATH: ClassVar[str] = "note.tcss"

    def __init__(self, title: str, about: str, *, most: int) -> None:
        super().__init__()
        self._title_words, self._about, self._most = title, about, most

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Label(self._title_words, classes="title", markup=False)
            yield Input(max_length=self._most)
            yield Label(Content(clean(self._about)), classes="note")
            yield Label("", classes="error", markup=False)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        text = message.value.strip()
        problem = self.problem(text)
        if problem:
            error = self.query_one(".error", Label)
            error.update(outside(problem))
            error.add_class("-shown")
        elif text:
            self.dismiss(self.answer(text))

    def problem(self, text: str) -> str | None:
        """Say why a line cannot be taken; None when it can. An empty one is not taken, with or without words."""
        return None

    def answer(self, text: str) -> str:
        """What the dialog returns for a line that was taken."""
        return text


class AskNote(AskLine):
    """Ask for a note about a moment; None when the contact has no sound."""

    def __init__(self, position_s: float | None) -> None:
        if position_s is None:
            title = _("A note on this contact")
        else:
            title = _("A note at {position}").format(position=length_words(position_s))
        super().__init__(title, _("Whoever may see the contact reads it."), most=NOTE_LENGTH)


class AskTag(AskLine):
    """Ask for a tag to add, or to take off again."""

    def __init__(self) -> None:
        super().__init__(
            _("A tag for this contact"),
            _("Letters, digits and dashes. A tag that is there already is taken off."),
            most=TAG_LENGTH,
        )

    def problem(self, text: str) -> str | None:
        return None if not text or TAG.fullmatch(text) else _("A tag holds letters, digits and dashes only.")
