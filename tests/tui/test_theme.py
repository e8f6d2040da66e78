from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from tui.theme import CONSOLE, DARK, HIGH_CONTRAST, LIGHT, THEMES, is_console, next_theme

LEAST_CONTRAST = 4.5
"""WCAG 2.1, 1.4.3, level AA."""
PAIRS = (
    ("foreground", "background"),
    ("foreground", "panel"),
    ("text-muted", "background"),
    ("text-muted", "panel"),
    ("primary", "background"),
    ("primary", "panel"),
    ("success", "panel"),
    ("warning", "background"),
    ("error", "background"),
    ("error", "panel"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("footer-key-foreground", "footer-background"),
    ("foreground", "input-selection-background"),
    ("input-cursor-foreground", "input-cursor-background"),
)


@pytest.mark.parametrize("theme", [DARK, LIGHT, HIGH_CONTRAST], ids=lambda theme: theme.name)
@pytest.mark.parametrize(("words", "behind"), PAIRS)
def test_words_can_be_read(theme: Theme, words: str, behind: str) -> None:
    colours = theme.to_color_system().generate()
    assert _ratio(Color.parse(colours[words]), Color.parse(colours[behind])) >= LEAST_CONTRAST


def test_the_measure_is_that_of_wcag() -> None:
    assert _ratio(Color.parse("#ffffff"), Color.parse("#000000")) == pytest.approx(21)
    assert _ratio(Color.parse("#777777"), Color.parse("#ffffff")) == pytest.approx(4.48, abs=0.01)


def test_the_console_theme_names_the_terminals_own_colours_only() -> None:
    colours = [CONSOLE.primary, CONSOLE.foreground, CONSOLE.background, CONSOLE.error, CONSOLE.warning]
    assert all(colour and colour.startswith("ansi_") for colour in colours)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"TERM": "linux"}, True),
        ({"TERM": "linux-16color"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, False),
    ],
)
def test_a_bare_console_is_known_by_its_name(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_console() is expected


def test_themes_go_round() -> None:
    seen = [DARK.name]
    while (following := next_theme(seen[-1]).name) not in seen:
        seen.append(following)
    assert seen == [theme.name for theme in THEMES]


def _ratio(one: Color, two: Color) -> float:
    """Contrast by WCAG 2.1: relative luminances, 0.05 added for stray light."""
    brighter, darker = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)
