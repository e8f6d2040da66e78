"""Ask what was found out about something odd; a remark is required."""

from __future__ import annotations

from agent.wire import Odd
from tui.screens.note import AskLine
from tui.text import _
from tui.widgets.odd_words import odd_sentence

REMARK_LENGTH = 1000


class AskRemark(AskLine):
    """It returns the remark."""

    def __init__(self, odd: Odd) -> None:
        super().__init__(
            _("What was found out about it?"),
            odd_sentence(odd),
            most=REMARK_LENGTH,
        )

    def problem(self, text: str) -> str | None:
        return None if text else _("Say in a few words what was found out. Without a remark it stays open.")
