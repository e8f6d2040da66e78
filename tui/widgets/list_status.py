"""The line under a list: what has come since, and where the cursor is."""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.widget import Widget

from tui.text import _, ngettext, pgettext
from tui.widgets.record_table import RecordTable


class ListStatus(Widget, can_focus=False):
    """Tell it what the table told: `status.show(table)` on each of the table's messages."""

    DEFAULT_CSS = """
    ListStatus { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._newer = self._count = self._index = 0

    def show(self, table: RecordTable[Any]) -> None:
        self._newer, self._count, self._index = table.newer, table.count, table.cursor_index
        self.refresh()

    def render(self) -> Content:
        left = Content("")
        if self._newer:
            words = ngettext("{count} new, press r", "{count} new, press r", self._newer)
            left = Content.styled(words.format(count=grouped(self._newer)), "bold $primary")
        right = ""
        if self._count:
            right = _("{place} of {count}").format(place=grouped(self._index + 1), count=grouped(self._count))
        return Content.assemble(left, " " * max(1, self.size.width - left.cell_length - len(right)), right)


def grouped(number: int) -> str:
    """A number with its thousands set apart, as the language does."""
    return f"{number:,}".replace(",", pgettext("between thousands", ","))
