"""A list of a few choices whose selected one is marked by `>`, and by reverse video where there are no colours.

Textual's own list marks it by colour alone, and loses reverse video on the way from the style to the line.
"""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widgets import OptionList

MARK = "> "


class ChoiceList(OptionList):
    """Used as Textual's own; its options are drawn two cells to the right."""

    DEFAULT_CSS = """
    ChoiceList, ChoiceList:focus {
        border: none; padding: 0; background: $background; background-tint: transparent;
        & > .option-list--option { padding: 0 1 0 2; }
    }
    """

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        first = next(iter(strip), None)
        if first is None or first.style is None or self.highlighted is None:
            return strip
        if first.style.meta.get("option") != self.highlighted:
            return strip
        marked = Strip([Segment(MARK, first.style), *strip.crop(len(MARK))])
        return marked.apply_style(Style(reverse=True)) if self.app.native_ansi_color else marked
