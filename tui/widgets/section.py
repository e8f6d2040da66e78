"""A part of a screen with a title and a few lines in columns, all of them readable in full.

It owns the layout only. For lists that can grow long there is `tui.widgets.record_table`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.widget import Widget

from agent.client import clean
from tui.widgets.columns import Tone

NARROW_CELLS = 34
"""What a column before the last takes at most."""


@dataclass(frozen=True)
class Words:
    """A cell. The text may come from outside: it is cleaned before it is drawn, and never read as markup."""

    text: str
    tone: Tone = ""


Line = tuple[Words, ...]


class Section(Widget, can_focus=False):
    """A title, and lines of as many columns as `columns` says; the last column takes the room and wraps.

    Args:
        title: Our own words; without any the lines stand alone.
        columns: Of each line.
    """

    DEFAULT_CSS = """
    Section {
        height: auto;
        & > .section--title { text-style: bold; color: $primary; }
        & > .section--muted { color: $text-muted; }
        & > .section--warning { color: $warning; }
        & > .section--error { color: $error; text-style: bold; }
        & > .section--success { color: $success; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "section--title",
        "section--muted",
        "section--warning",
        "section--error",
        "section--success",
    }

    def __init__(self, title: str, *, columns: int, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title_words = title
        self._columns = columns
        self._lines: Sequence[Line] = ()
        self._in_place = ""

    def show(self, lines: Sequence[Line], *, in_place: str = "", title: str | None = None) -> None:
        """Show lines, or `in_place` when there are none; under another title when there is one."""
        self._title_words = self._title_words if title is None else title
        self._lines, self._in_place = lines, in_place
        self.refresh(layout=True)

    def render(self) -> Table:
        whole = Table.grid(expand=True)
        whole.add_column()
        if self._title_words:
            whole.add_row(self._drawn(Words(self._title_words), "title"))
        if not self._lines:
            whole.add_row(self._drawn(Words(self._in_place), "muted"))
            return whole
        lines = Table.grid(expand=True, padding=(0, 2, 0, 0))
        for _column in range(self._columns - 1):
            lines.add_column(no_wrap=True, overflow="ellipsis", max_width=NARROW_CELLS)
        lines.add_column(ratio=1, overflow="fold")
        for line in self._lines:
            lines.add_row(*(self._drawn(words, words.tone) for words in line))
        whole.add_row(lines)
        return whole

    def _drawn(self, words: Words, style: str) -> Text:
        shown = self.get_component_rich_style(f"section--{style}", partial=True) if style else ""
        return Text(clean(words.text), style=shown)
