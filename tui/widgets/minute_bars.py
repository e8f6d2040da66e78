"""How many files were taken in during each of the last 60 minutes, as a row of bars.

It owns the drawing only: eighth blocks, or three shades on a bare console, whose fonts lack eighth blocks.
Any file at all is seen: only a minute without one is blank.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.text import _
from tui.theme import CONSOLE
from tui.widgets.list_status import grouped

EIGHTHS = " ▁▂▃▄▅▆▇█"
SHADES = " ░▒█"
MINUTES = 60


def bars(counts: Sequence[int], levels: str) -> str:
    """One character for each count, the highest count being full.

    Args:
        counts: Oldest first.
        levels: From nothing to full.
    """
    most = max(counts, default=0)
    steps = len(levels) - 1
    return "".join(levels[-(-count * steps // most) if most else 0] for count in counts)


class MinuteBars(Widget, can_focus=False):
    """The bars, with what a full one stands for."""

    DEFAULT_CSS = """
    MinuteBars { height: 2; }
    """

    counts: reactive[tuple[int, ...]] = reactive(())
    """Files in each minute, oldest first."""

    def render(self) -> Content:
        shown = self.counts[-MINUTES:]
        levels = SHADES if self.app.theme == CONSOLE.name else EIGHTHS
        most = _("{count} at most").format(count=grouped(max(shown, default=0)))
        total = _("{count} in all").format(count=grouped(sum(shown)))
        return Content.assemble(
            (bars(shown, levels).rjust(MINUTES), "$primary"),
            f"  {most}\n",
            (_ruler(), "$text-muted"),
            f"  {total}",
        )


def _ruler() -> str:
    """What lies under the bars: from when to when, and what they count."""
    left, middle, right = _("an hour ago"), _(" files a minute "), _("now")
    dots = max(2, MINUTES - len(left) - len(middle) - len(right))
    return f"{left}{'·' * (dots // 2)}{middle}{'·' * (dots - dots // 2)}{right}"
