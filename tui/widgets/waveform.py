"""The picture of a recording: how loud each side was, and where the listener stands.

It owns the drawing only. A recording with two channels shows the adviser above and the caller below, or left above
right where nothing says whose they are; any other one row group. Bars are eighth blocks, or three shades on a bare
console, whose fonts lack eighth blocks; their height is the square root of the peak, which shows quiet speech beside
loud. Under them lies a ruler whose digits are the keys that jump there; `▲` marks the position and `●` a note.

Only the columns between the old and the new position are drawn again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from agent import wire
from agent.client import clean
from tui.player.legs import Legs, Sides, channel_of
from tui.text import _, pgettext
from tui.theme import CONSOLE
from tui.widgets.columns import fitted

FULL_PEAK = 255
EIGHTHS = " ▁▂▃▄▅▆▇█"
SHADES = "  ░░░▒▒▒█"
"""The same nine levels on a bare console; the lowest is silence there too."""
RULER_PARTS = 10
GUTTER_CELLS = 10
"""The legs' names, before the first column."""
LEG_ROWS = 2
"""Rows of one leg; a recording that has but one gets the room of two."""
SIDES = 2


class Waveform(Widget, can_focus=False):
    """Peaks of a recording with a position.

    `show` gives it a picture, `say` words in place of one.
    """

    DEFAULT_CSS = """
    Waveform {
        height: auto;
        & > .waveform--ahead { color: $primary; }
        & > .waveform--heard { color: $text-muted; }
        & > .waveform--position { color: $primary; text-style: reverse; }
        & > .waveform--ruler, & > .waveform--words { color: $text-muted; }
        & > .waveform--note { color: $warning; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "waveform--ahead",
        "waveform--heard",
        "waveform--position",
        "waveform--ruler",
        "waveform--note",
        "waveform--words",
    }

    position_s: reactive[float] = reactive(0.0, repaint=False)
    leg_rows: reactive[int] = reactive(LEG_ROWS, layout=True)

    class SeekAsked(Message):
        """Somebody pointed at a moment."""

        def __init__(self, position_s: float) -> None:
            super().__init__()
            self.position_s = position_s

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._duration_s = 0.0
        self._legs: list[list[float]] = []
        self._sides: Sides = ()
        self._notes_s: list[float] = []
        self._words = _("Loading the waveform …")
        self._heights: list[list[int]] = []

    # --- what it shows --------------------------------------------------------------------------------------

    def show(self, waveform: wire.Waveform, sides: Sides = ()) -> None:
        """Draw a recording's peaks.

        Args:
            waveform: One list a channel.
            sides: Whose two channels are.
        """
        self._words = ""
        self._duration_s = waveform.duration_s
        loud = [[math.sqrt(peak / FULL_PEAK) for peak in leg] for leg in waveform.peaks if leg]
        self._sides = sides
        if len(loud) == SIDES:
            self._legs = [loud[channel_of(leg, sides)] for leg in (Legs.ADVISER, Legs.CALLER)]
        else:
            self._legs = [_loudest(loud)]
        self._measure()
        self.refresh(layout=True)

    def say(self, words: str) -> None:
        """Show words where the picture would be: that it is on its way, or why there is none."""
        self._words = words
        self._legs = []
        self.refresh(layout=True)

    def mark_notes(self, positions_s: Sequence[float]) -> None:
        """Mark the moments that notes are about."""
        self._notes_s = list(positions_s)
        self.refresh()

    def watch_position_s(self, before_s: float, now_s: float) -> None:
        before, now = self._column_of(before_s), self._column_of(now_s)
        if self._legs and before != now:
            first, last = min(before, now), max(before, now)
            self.refresh(Region(GUTTER_CELLS + first, 0, last - first + 1, self.size.height))

    def watch_leg_rows(self) -> None:
        self._measure()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 2 * self.leg_rows + 1

    # --- drawing --------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        self._measure()

    def _measure(self) -> None:
        """Give every leg one height in eighths of a row for each column."""
        columns = self._columns
        self._heights = [
            [round(8 * rows * loud) for loud in _fitted_to(leg, columns)]
            for leg, rows in zip(self._legs, self._rows_by_leg, strict=True)
        ]

    @property
    def _columns(self) -> int:
        return max(1, self.size.width - GUTTER_CELLS)

    @property
    def _rows_by_leg(self) -> list[int]:
        return [2 * self.leg_rows] if len(self._legs) == 1 else [self.leg_rows] * len(self._legs)

    def _column_of(self, position_s: float) -> int:
        if self._duration_s <= 0:
            return 0
        return min(self._columns - 1, max(0, int(position_s / self._duration_s * self._columns)))

    def render_line(self, y: int) -> Strip:
        width, blank = self.size.width, self.rich_style
        if not self._legs:
            lines = ["", *wrap(clean(self._words), max(1, width))]
            words = fitted(lines[y] if y < len(lines) else "", width)
            return Strip([Segment(words, blank + self._style("words"))], width)
        if y == 2 * self.leg_rows:
            return self._ruler()
        rows = self._rows_by_leg
        leg, line = (0, y) if len(rows) == 1 else divmod(y, self.leg_rows)
        from_below = rows[leg] - 1 - line
        glyphs = SHADES if self.app.theme == CONSOLE.name else EIGHTHS
        cells = "".join(glyphs[min(8, max(0, height - 8 * from_below))] for height in self._heights[leg])
        name = self._names()[leg] if line == rows[leg] - 1 else ""
        label = Segment(fitted(name, GUTTER_CELLS), blank + self._style("words"))
        return Strip([label, *self._painted(cells)], width)

    def _names(self) -> list[str]:
        if len(self._legs) != SIDES:
            return [_("both")]
        return [pgettext("leg", "adviser"), _("caller")] if self._sides else [_("left"), _("right")]

    def _painted(self, cells: str) -> list[Segment]:
        """Divide a line at the position: what was heard, the position itself, what is ahead."""
        at, blank = self._column_of(self.position_s), self.rich_style
        parts = (
            (cells[:at], "heard"),
            (cells[at : at + 1], "position"),
            (cells[at + 1 :], "ahead"),
        )
        return [Segment(part, blank + self._style(name)) for part, name in parts if part]

    def _ruler(self) -> Strip:
        columns, blank = self._columns, self.rich_style
        marks: dict[int, tuple[str, str]] = {
            part * columns // RULER_PARTS: (str(part), "ruler") for part in range(RULER_PARTS)
        }
        marks |= {self._column_of(note_s): ("●", "note") for note_s in self._notes_s}
        marks[self._column_of(self.position_s)] = ("▲", "ruler")
        drawn = [marks.get(column, ("─", "ruler")) for column in range(columns)]
        ruler = [Segment(glyph, blank + self._style(name)) for glyph, name in drawn]
        gutter = Segment(" " * GUTTER_CELLS, blank)
        return Strip([gutter, *Segment.simplify(ruler)], self.size.width)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"waveform--{name}", partial=True)

    # --- pointing -------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        column = event.x - GUTTER_CELLS
        if self._legs and column >= 0:
            self.post_message(self.SeekAsked(column / self._columns * self._duration_s))


def _loudest(legs: Sequence[Sequence[float]]) -> list[float]:
    """The loudest of all legs, moment by moment."""
    return [max(moment) for moment in zip(*legs, strict=True)]


def _fitted_to(peaks: Sequence[float], columns: int) -> list[float]:
    """As many peaks as there are columns: the loudest of those that share one, or the nearest."""
    if not peaks:
        return [0.0] * columns
    borders = [column * len(peaks) // columns for column in range(columns + 1)]
    return [max(peaks[start : max(stop, start + 1)]) for start, stop in pairwise(borders)]
