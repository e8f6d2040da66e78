"""Ask who searched for a number or for words. What is typed goes to the agent as a search, and is kept nowhere."""

from __future__ import annotations

from tui.log_queries import searches_for
from tui.screens.note import AskLine
from tui.text import _

SEARCHED_LENGTH = 200


class AskSearched(AskLine):
    """It returns the search that answers."""

    def __init__(self) -> None:
        super().__init__(
            _("Who searched for this number, or for these words?"),
            _("The log holds only stand-ins for what was searched. The answer is found by making the same stand-in."),
            most=SEARCHED_LENGTH,
        )

    def answer(self, text: str) -> str:
        return searches_for(text)
