from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.color import Color

from tests.tui.hostile import HOSTILE
from tui.line_filter import NoControlCharacters

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_steers_a_terminal_passes(text: str) -> None:
    filtered = NoControlCharacters().apply([Segment(text)], BLACK)
    assert all(character.isprintable() or character == "\ufffd" for character in filtered[0].text)


def test_ordinary_lines_pass_untouched() -> None:
    segments = [Segment("Åsa Öberg ● ─ …"), Segment(" ")]
    assert NoControlCharacters().apply(segments, BLACK) is segments
