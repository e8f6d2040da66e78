from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult

from agent import wire
from tests.tui.screen_text import screen_text
from tui.theme import CONSOLE, CONSOLE_GLYPHS, DARK
from tui.widgets.waveform import GUTTER_CELLS, Waveform

COLUMNS = 40
STEREO = wire.Waveform(duration_s=40.0, peaks=[[255] * 20 + [0] * 20, [0] * 20 + [64] * 20])
MONO = wire.Waveform(duration_s=40.0, peaks=[[64] * COLUMNS])


class WaveformApp(App[None]):
    def __init__(self, *, console: bool = False) -> None:
        super().__init__()
        for theme in (DARK, CONSOLE):
            self.register_theme(theme)
        self.theme = CONSOLE.name if console else DARK.name
        self.sought: list[float] = []

    def compose(self) -> ComposeResult:
        yield Waveform()

    def on_waveform_seek_asked(self, message: Waveform.SeekAsked) -> None:
        self.sought.append(message.position_s)


def shown(waveform=None, *, console=False, then=None, sides=("adviser", "caller")):
    """The lines of the widget, after `then` had its way with it."""

    async def scene():
        app = WaveformApp(console=console)
        async with app.run_test(size=(GUTTER_CELLS + COLUMNS, 6)) as pilot:
            widget = app.query_one(Waveform)
            if waveform is not None:
                widget.show(waveform, sides)
            if then is not None:
                await then(app, widget, pilot)
            await pilot.pause()
            return screen_text(app).splitlines()

    return asyncio.run(scene())


def test_the_adviser_is_above_and_the_caller_below():
    lines = shown(STEREO)
    assert lines[0].rstrip() == " " * GUTTER_CELLS + "█" * 20
    assert lines[1].rstrip() == "adviser".ljust(GUTTER_CELLS) + "█" * 20
    assert lines[3].rstrip() == "caller".ljust(GUTTER_CELLS) + " " * 20 + "█" * 20


def test_the_adviser_is_above_also_where_the_caller_is_left():
    lines = shown(STEREO, sides=("caller", "adviser"))
    assert lines[1].rstrip() == "adviser".ljust(GUTTER_CELLS) + " " * 20 + "█" * 20
    assert lines[3].rstrip() == "caller".ljust(GUTTER_CELLS) + "█" * 20


def test_channels_of_which_nothing_says_whose_they_are_are_left_and_right():
    lines = shown(STEREO, sides=())
    assert lines[1].rstrip() == "left".ljust(GUTTER_CELLS) + "█" * 20
    assert lines[3].rstrip() == "right".ljust(GUTTER_CELLS) + " " * 20 + "█" * 20


def test_bars_have_the_height_of_the_peaks_square_root():
    lines = shown(wire.Waveform(duration_s=4.0, peaks=[[0, 1, 16, 64], [0, 0, 0, 255]]))
    adviser = [line[GUTTER_CELLS:].ljust(COLUMNS) for line in lines[:2]]
    assert [adviser[1][column] for column in (0, 10, 20, 30)] == [" ", "▁", "▄", "█"]
    assert adviser[0].strip() == ""


def test_one_channel_has_the_rows_of_two():
    lines = shown(MONO)
    assert [line[GUTTER_CELLS:] for line in lines[:4]] == ["", "", "█" * COLUMNS, "█" * COLUMNS]
    assert lines[3].startswith("both")


def test_more_than_two_channels_are_shown_as_their_loudest():
    lines = shown(wire.Waveform(duration_s=4.0, peaks=[[0] * 4, [255] * 4, [0] * 4]))
    assert lines[0] == " " * GUTTER_CELLS + "█" * COLUMNS


def test_fewer_columns_than_peaks_keep_the_loudest():
    peaks = [0] * 400
    peaks[205] = 255
    lines = shown(wire.Waveform(duration_s=40.0, peaks=[peaks]))
    assert lines[0][GUTTER_CELLS:] == " " * 20 + "█"


def test_the_ruler_shows_position_notes_and_the_keys_of_the_tenths():
    async def mark(app, widget, pilot):
        widget.position_s = 20.5
        widget.mark_notes([10.2])

    ruler = shown(STEREO, then=mark)[4][GUTTER_CELLS:]
    assert ruler[20] == "▲"
    assert ruler[10] == "●"
    assert ruler[4] == "1"
    assert ruler[36] == "9"


def test_a_bare_console_gets_only_its_own_glyphs():
    lines = shown(wire.Waveform(duration_s=9.0, peaks=[[n * n * 3 for n in range(9)]] * 2), console=True)
    drawn = {glyph for line in lines for glyph in line if not glyph.isascii()}
    assert drawn <= CONSOLE_GLYPHS
    assert {"░", "▒", "█", "▲"} <= drawn


@pytest.mark.parametrize("console", [False, True])
def test_loading_is_said_in_words(console):
    assert shown(console=console)[1].startswith("Loading the waveform")


def test_what_cannot_be_drawn_is_said_in_words():
    async def say(app, widget, pilot):
        widget.say("[red]No waveform[/red]")

    assert shown(STEREO, then=say)[1] == "[red]No waveform[/red]"


def test_long_words_are_read_in_full():
    words = "No waveform: " + "the encoding cannot be played here. " * 3

    async def say(app, widget, pilot):
        widget.say(words)

    assert " ".join(shown(then=say)).split() == words.split()


def test_an_empty_picture_and_an_empty_recording_do_not_break_it():
    assert len(shown(wire.Waveform(duration_s=0.0, peaks=[[]]))) >= 5
    assert len(shown(wire.Waveform(duration_s=0.0, peaks=[]))) >= 5


def test_a_click_asks_for_its_moment():
    async def click(app, widget, pilot):
        await pilot.pause()
        await pilot.click(Waveform, offset=(GUTTER_CELLS + 10, 1))
        await pilot.click(Waveform, offset=(2, 1))
        assert app.sought == [10.0]

    shown(STEREO, then=click)


def test_a_click_on_nothing_asks_for_nothing():
    async def click(app, widget, pilot):
        await pilot.click(Waveform, offset=(GUTTER_CELLS + 10, 1))
        assert app.sought == []

    shown(then=click)


def test_only_the_columns_between_two_positions_are_drawn_again():
    async def move(app, widget, pilot):
        await pilot.pause()
        drawn = []
        widget.refresh = lambda *regions, **_: drawn.extend(regions)
        widget.position_s = 0.4
        assert drawn == []
        widget.position_s = 3.0
        assert [(region.x, region.width) for region in drawn] == [(GUTTER_CELLS, 4)]
        del widget.refresh

    shown(STEREO, then=move)
