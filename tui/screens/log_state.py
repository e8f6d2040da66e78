"""The state of the log in full: each fact on a line of its own."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from agent import wire
from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.key_hints import KeyHints
from tui.widgets.log_state_words import state_lines
from tui.widgets.section import Section


class LogStateScreen(Dialog[None]):
    """Args:
    state: As it was read last; None while it is not known.
    """

    CSS_PATH = "log_state.tcss"

    def __init__(self, state: wire.LogState | None) -> None:
        super().__init__()
        self._state = state

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box"):
            yield Section(_("The state of the log"), columns=2)
        yield KeyHints()

    def on_mount(self) -> None:
        lines = [] if self._state is None else state_lines(self._state)
        self.query_one(Section).show(lines, in_place=_("It is not known yet."))
        self.query_one(".box").focus()
