"""Ask on which day, when a weekday and an hour have been chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.choice_list import ChoiceList
from tui.widgets.key_hints import KeyHints
from tui.widgets.weekday_words import weekday_words


class AskDay(Dialog[date]):
    """Args:
    days: Which there are, newest first.
    weekday: That they all are, 0 is Monday.
    hour: From which on.
    """

    def __init__(self, days: Sequence[date], weekday: int, hour: int) -> None:
        super().__init__()
        self._days, self._weekday, self._hour = days, weekday, hour

    def compose(self) -> ComposeResult:
        words = _("{weekday}, {start}–{stop}: on which day?").format(
            weekday=weekday_words()[self._weekday], start=f"{self._hour:02}:00", stop=f"{self._hour + 1:02}:00"
        )
        with Vertical(classes="box"):
            yield Static(words, classes="title", markup=False)
            yield ChoiceList(*(Option(Content(day.isoformat())) for day in self._days), markup=False)
        yield KeyHints()

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    @on(OptionList.OptionSelected)
    def _choose(self, message: OptionList.OptionSelected) -> None:
        self.dismiss(self._days[message.option_index])
