from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.tui.screen_text import screen_text
from tui.session import LiveSession
from tui.theme import CONSOLE, DARK, THEMES
from tui.widgets.heat_map import HeatMap, level_bounds, level_of

COUNTS = tuple(tuple((day * 24 + hour) % 12 for hour in range(24)) for day in range(7))


class Show(App[None]):
    live = LiveSession.__new__(LiveSession)

    def compose(self) -> ComposeResult:
        yield HeatMap()


def shown(body: Callable[[Pilot[Any], HeatMap], Awaitable[None]], *, console: bool = False) -> None:
    async def run() -> None:
        app = Show()
        app.live.me = None
        for theme in THEMES:
            app.register_theme(theme)
        app.theme = CONSOLE.name if console else DARK.name
        async with app.run_test(size=(80, 24)) as pilot:
            heat = app.query_one(HeatMap)
            heat.counts = COUNTS
            await pilot.pause()
            await body(pilot, heat)

    asyncio.run(run())


@pytest.mark.parametrize("levels", [3, 4])
def test_one_is_seen_and_only_the_most_is_full(levels: int) -> None:
    assert level_of(0, 1000, levels) == 0
    assert level_of(1, 1000, levels) == 1
    assert level_of(999, 1000, levels) == levels
    assert level_of(1000, 1000, levels) == levels
    assert level_of(0, 0, levels) == 0


@pytest.mark.parametrize("most", [0, 1, 2, 3, 11, 100, 12345])
def test_the_legend_says_the_level_that_is_drawn(most: int) -> None:
    bounds = level_bounds(most, 4)
    for count in {0, 1, most // 2, most} - ({1} if most < 1 else set()):
        level = level_of(count, most, 4)
        assert count <= bounds[level]
        assert level == 0 or count > bounds[level - 1]


def test_shades_on_a_console_are_those_that_its_font_has() -> None:
    async def body(pilot: Pilot[Any], heat: HeatMap) -> None:
        text = screen_text(pilot.app)
        assert "▓" not in text
        assert all(shade in text for shade in ("░░", "▒▒", "██", "· none"))

    shown(body, console=True)


def test_the_selected_cell_is_a_count_with_a_sign() -> None:
    async def body(pilot: Pilot[Any], heat: HeatMap) -> None:
        heat.focus()
        await pilot.press("right", "right", "right")
        assert heat.cursor == (0, 11)
        assert ">11" in screen_text(pilot.app)

    shown(body)


def test_the_cursor_goes_round() -> None:
    async def body(pilot: Pilot[Any], heat: HeatMap) -> None:
        heat.focus()
        heat.cursor = (0, 0)
        await pilot.press("up", "left")
        assert heat.cursor == (6, 23)
        await pilot.press("j", "right")
        assert heat.cursor == (0, 0)

    shown(body)


def test_counts_of_more_than_two_digits_are_told_in_tens_or_hundreds() -> None:
    async def body(pilot: Pilot[Any], heat: HeatMap) -> None:
        heat.counts = tuple(tuple(count * 100 for count in row) for row in COUNTS)
        heat.digits = True
        await pilot.pause()
        text = screen_text(pilot.app)
        assert "1 is 100; · none" in text
        assert " 11 " in text

    shown(body)


def test_the_largest_is_named_by_its_first_cell() -> None:
    async def body(pilot: Pilot[Any], heat: HeatMap) -> None:
        assert heat.largest == (11, 0, 11)
        heat.counts = ()
        assert heat.largest == (0, 0, 0)

    shown(body)


def test_today_has_a_sign_beside_its_name() -> None:
    async def body(pilot: Pilot[Any], heat: HeatMap) -> None:
        heat.today = 2
        await pilot.pause()
        assert next(line for line in screen_text(pilot.app).splitlines() if "•" in line).startswith("We•")

    shown(body)


def test_a_click_selects_and_a_second_one_chooses() -> None:
    async def body(pilot: Pilot[Any], heat: HeatMap) -> None:
        await pilot.click(HeatMap, offset=(4 + 3 * 5, 1 + 3))
        assert heat.cursor == (3, 5)
        await pilot.click(HeatMap, offset=(0, 0))
        assert heat.cursor == (3, 5)

    shown(body)
