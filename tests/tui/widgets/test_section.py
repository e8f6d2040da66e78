from __future__ import annotations

import asyncio

from textual.app import App, ComposeResult

from tests.tui.hostile import ATTACK_BYTES, HOSTILE
from tests.tui.screen_text import screen_text
from tui.widgets.section import Section, Words


def shown(lines, *, in_place="", columns=2, width=40):
    class SectionApp(App[None]):
        def compose(self) -> ComposeResult:
            yield Section("Title", columns=columns)

    async def scene():
        app = SectionApp()
        async with app.run_test(size=(width, 20)) as pilot:
            app.query_one(Section).show(lines, in_place=in_place)
            await pilot.pause()
            return screen_text(app)

    return asyncio.run(scene())


def test_lines_stand_in_columns_under_the_title():
    text = shown([(Words("a", "muted"), Words("one")), (Words("longer"), Words("two", "error"))])
    assert text.splitlines()[:3] == ["Title", "a       one", "longer  two"]


def test_the_last_column_wraps_so_that_all_of_it_is_read():
    text = shown([(Words("a"), Words("0123456789" * 6))])
    assert "".join(text.split()).endswith("a" + "0123456789" * 6)


def test_words_stand_in_place_of_no_lines():
    assert shown([], in_place="Nothing yet.").splitlines()[:2] == ["Title", "Nothing yet."]


def test_outside_text_is_neither_markup_nor_a_terminal_escape():
    text = shown([(Words("x"), Words(name)) for name in HOSTILE], width=80)
    assert "[red]bold[/red].wav" in text
    assert not any(attack in text.encode() for attack in ATTACK_BYTES)
