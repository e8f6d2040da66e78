"""Why a recording is opened, asked before its first sound.

The purposes are those that the agent allows this person (`me.purposes`). The last answer is offered again for
as long as the same sign-in lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from agent import wire
from tui.purpose_words import purpose_word, purpose_words
from tui.screens.shell import Dialog
from tui.session import session_of
from tui.text import _
from tui.widgets.choice_list import ChoiceList

CASE_LENGTH = 40


@dataclass(frozen=True)
class PurposeStated:
    """What a recording is opened for."""

    purpose: wire.Purpose
    case: str | None

    def in_words(self) -> str:
        """One line: `complaint C-118`."""
        return " ".join(filter(None, (purpose_word(self.purpose.value), self.case)))


class AskPurpose(Dialog[PurposeStated]):
    """Ask for a purpose and, optionally, a case."""

    CSS_PATH = "purpose.tcss"
    _last: ClassVar[tuple[wire.Me, PurposeStated] | None] = None

    def compose(self) -> ComposeResult:
        me, last = session_of(self).me, self._last_answer()
        self._purposes = list(me.purposes) if me else []
        with Vertical(classes="box"):
            yield Label(_("What is this recording opened for?"), classes="title", markup=False)
            yield ChoiceList(*(Option(Content(purpose_words(purpose))) for purpose in self._purposes), markup=False)
            yield Label(_("Case, if it belongs to one"), classes="label", markup=False)
            yield Input(last.case or "" if last else "", max_length=CASE_LENGTH)
            yield Label(
                _("Enter begins. It stands in the log with each part that is heard."),
                classes="note",
                markup=False,
            )

    def on_mount(self) -> None:
        last = self._last_answer()
        options = self.query_one(OptionList)
        options.highlighted = self._purposes.index(last.purpose) if last else 0
        options.focus()

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self._answer()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self._answer()

    def _answer(self) -> None:
        chosen, me = self.query_one(OptionList).highlighted, session_of(self).me
        if chosen is None or me is None:
            return
        stated = PurposeStated(self._purposes[chosen], self.query_one(Input).value.strip() or None)
        AskPurpose._last = (me, stated)
        self.dismiss(stated)

    def _last_answer(self) -> PurposeStated | None:
        """The last answer of this very sign-in, as far as its purpose is still allowed."""
        me = session_of(self).me
        if self._last is None or me is None or self._last[0] is not me:
            return None
        stated = self._last[1]
        return stated if stated.purpose in me.purposes else None
