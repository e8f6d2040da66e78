"""How often something happened, by weekday and hour: seven rows, 24 columns, and a cursor over them.

It owns the drawing and the cursor. A cell is a shade of one of five levels, in colours also of a colour between the
background's and the accent; the bare console's font has one shade less. With `digits` a cell is its count, scaled down
where the largest has more than two digits, and the legend says by how much. The selected cell is marked by `>` and
reverse video and is always a count; whoever shows the map says it in words, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.commands import Command, Offering
from tui.text import _
from tui.theme import CONSOLE
from tui.widgets.columns import fitted
from tui.widgets.list_status import grouped
from tui.widgets.weekday_words import weekday_letters

DAYS, HOURS = 7, 24
LABEL_CELLS = 4
CELL_CELLS = 3
"""A mark and two glyphs or digits."""
MARK = ">"
NOTHING = " ·"
SHADES = ("░░", "▒▒", "▓▓", "██")
CONSOLE_SHADES = ("░░", "▒▒", "██")
HEADER_LINES = 1
FAINTEST = 0.45
"""Of the accent's colour in the lowest level that is not nothing."""
LARGEST_IN_DIGITS = 99


class HeatMap(Offering, Widget, can_focus=True):
    """The map, its hours above it and the legend below."""

    DEFAULT_CSS = """
    HeatMap {
        height: 9; width: 1fr; color: $foreground;
        & > .heat-map--label { color: $text-muted; }
        & > .heat-map--today { color: $primary; text-style: bold; }
        & > .heat-map--level { color: $primary; }
        & > .heat-map--cursor { color: $primary; text-style: reverse bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "heat-map--label",
        "heat-map--today",
        "heat-map--level",
        "heat-map--cursor",
    }
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="choose",
            key="enter",
            words=_("choose"),
            help=_("Search in this hour, on a day that you choose."),
            hinted=True,
        ),
        Command(
            action="move(0, 1)",
            key="right,l",
            key_words="←↑↓→",
            words=_("move"),
            help=_("An hour later."),
            hinted=True,
            in_palette=False,
        ),
        Command(action="move(0, -1)", key="left", words=_("move"), help=_("An hour earlier."), in_palette=False),
        Command(action="move(-1, 0)", key="up,k", words=_("move"), help=_("The weekday before."), in_palette=False),
        Command(action="move(1, 0)", key="down,j", words=_("move"), help=_("The weekday after."), in_palette=False),
        Command(action="most", key="m", words=_("the most"), help=_("To the hour with the most."), hinted=True),
        Command(action="digits", key="n", words=_("numbers"), help=_("Show counts, or shades again."), hinted=True),
    )

    counts: reactive[tuple[tuple[int, ...], ...]] = reactive(())
    """Seven rows from Monday, 24 columns from midnight; empty while they are not known."""
    today: reactive[int | None] = reactive(None)
    """The weekday that it is, 0 is Monday."""
    digits: reactive[bool] = reactive(False)
    cursor: reactive[tuple[int, int]] = reactive((0, 8))
    """Weekday and hour."""

    class CursorMoved(Message):
        """Another cell is selected, or its count has become known."""

    class Chosen(Message):
        def __init__(self, weekday: int, hour: int) -> None:
            super().__init__()
            self.weekday, self.hour = weekday, hour

    # --- what it says ---------------------------------------------------------------------------------------------

    @property
    def selected(self) -> int:
        """The count under the cursor."""
        weekday, hour = self.cursor
        return self.counts[weekday][hour] if self.counts else 0

    @property
    def largest(self) -> tuple[int, int, int]:
        """The largest count, and the first weekday and hour that has it."""
        cells = ((count, -day, -hour) for day, row in enumerate(self.counts) for hour, count in enumerate(row))
        count, day, hour = max(cells, default=(0, 0, 0))
        return count, -day, -hour

    def watch_counts(self) -> None:
        self.post_message(self.CursorMoved())

    def watch_cursor(self) -> None:
        self._place_terminal_cursor()
        self.post_message(self.CursorMoved())

    def why_not(self, command: Command) -> str | None:
        if command.action in ("choose", "most", "digits") and not self.counts:
            return _("Nothing is counted yet.")
        if command.action == "choose" and not self.selected:
            return _("Nothing happened in this hour.")
        return super().why_not(command)

    # --- commands -------------------------------------------------------------------------------------------------

    def action_move(self, days: int, hours: int) -> None:
        weekday, hour = self.cursor
        self.cursor = ((weekday + days) % DAYS, (hour + hours) % HOURS)

    def action_most(self) -> None:
        _count, weekday, hour = self.largest
        self.cursor = (weekday, hour)

    def action_digits(self) -> None:
        self.digits = not self.digits

    def action_choose(self) -> None:
        if self.selected:
            self.post_message(self.Chosen(*self.cursor))

    def on_click(self, event: events.Click) -> None:
        weekday, hour = event.y - HEADER_LINES, (event.x - LABEL_CELLS) // CELL_CELLS
        if 0 <= weekday < DAYS and 0 <= hour < HOURS:
            self.cursor = (weekday, hour)
            if event.chain == 2:
                self.action_choose()

    def on_focus(self) -> None:
        self._place_terminal_cursor()

    def _place_terminal_cursor(self) -> None:
        """Put the terminal's own cursor on the selected cell: screen readers follow it."""
        if self.has_focus and self.is_attached:
            weekday, hour = self.cursor
            origin = self.content_region.offset
            self.app.cursor_position = origin + Offset(LABEL_CELLS + CELL_CELLS * hour, HEADER_LINES + weekday)

    # --- drawing --------------------------------------------------------------------------------------------------

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return HEADER_LINES + DAYS + 1

    def render_line(self, y: int) -> Strip:
        blank = self.rich_style
        if y < HEADER_LINES:
            hours = "".join(f"{hour:{CELL_CELLS}}" for hour in range(HOURS))
            segments = [Segment(" " * LABEL_CELLS + hours, blank + self._style("label"))]
        elif y < HEADER_LINES + DAYS:
            segments = self._row(y - HEADER_LINES)
        else:
            segments = [Segment(" " * LABEL_CELLS + self._legend(), blank + self._style("label"))]
        return Strip(segments).adjust_cell_length(self.size.width, blank)

    def _row(self, weekday: int) -> list[Segment]:
        is_today = weekday == self.today
        name = weekday_letters()[weekday] + ("•" if is_today else "")
        segments = [Segment(fitted(name, LABEL_CELLS), self.rich_style + self._style("today" if is_today else "label"))]
        row = self.counts[weekday] if self.counts else (0,) * HOURS
        for hour, count in enumerate(row):
            level = level_of(count, self.largest[0], len(self._shades))
            is_cursor = self.has_focus and self.cursor == (weekday, hour)
            mark = MARK if is_cursor else " "
            style = self._style("cursor") if is_cursor else self._shade(level)
            glyphs = self._glyphs(count, level, in_digits=self.digits or is_cursor)
            segments.append(Segment(mark + glyphs, self.rich_style + style))
        return Segment.simplify(segments)  # type: ignore[return-value]  # it yields, and a strip takes any iterable

    @property
    def _shades(self) -> Sequence[str]:
        return CONSOLE_SHADES if self.app.theme == CONSOLE.name else SHADES

    @property
    def _unit(self) -> int:
        """What one digit of a cell stands for: 1, 10, 100, …"""
        unit = 1
        while self.largest[0] > LARGEST_IN_DIGITS * unit:
            unit *= 10
        return unit

    def _glyphs(self, count: int, level: int, *, in_digits: bool) -> str:
        if not count:
            return NOTHING
        return f"{-(-count // self._unit):2}" if in_digits else self._shades[level - 1]

    def _shade(self, level: int) -> Style:
        """The accent in the strength of a level; on a console the accent, and the shade says the rest."""
        if not level:
            return self._style("label")
        if self.app.native_ansi_color or self.digits:
            return self._style("level")
        strength = FAINTEST + (1 - FAINTEST) * level / len(self._shades)
        behind, accent = (Color.parse(self.app.theme_variables[name]) for name in ("background", "primary"))
        return Style(color=behind.blend(accent, strength).rich_color)

    def _legend(self) -> str:
        most = self.largest[0]
        if self.digits:
            return _("counts; · none") if self._unit == 1 else _("1 is {unit}; · none").format(unit=self._unit)
        told = [_("· none")]
        for bounds, shade in zip(pairwise(level_bounds(most, len(self._shades))), self._shades, strict=True):
            if bounds[0] < bounds[1]:
                told.append(f"{shade} {_range_words(bounds[0] + 1, bounds[1])}")
        return "  ".join(told)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"heat-map--{name}", partial=True)


def level_of(count: int, most: int, levels: int) -> int:
    """From 0, which is nothing at all, to `levels`, which is the most."""
    return -(-count * levels // most) if most else 0


def level_bounds(most: int, levels: int) -> list[int]:
    """The largest count of each level, nothing first."""
    return [most * level // levels for level in range(levels + 1)]


def _range_words(least: int, most: int) -> str:
    return grouped(most) if least == most else f"{grouped(least)}–{grouped(most)}"
