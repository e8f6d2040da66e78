"""How it looks: the themes that are offered, and what a bare Linux console gets instead.

It owns every colour; styles elsewhere name theme variables only. Text, muted text and the selected row keep a
contrast of at least 4.5:1 in the three colour themes (WCAG 2.1, 1.4.3), which a test measures. The console
theme leaves colours to the terminal and marks the selection by reverse video, besides the `>` that every
list has.
"""

from __future__ import annotations

import os

from textual.scrollbar import ScrollBarRender
from textual.theme import Theme

DARK = Theme(
    name="earwitness-dark",
    dark=True,
    primary="#6cbbdc",
    secondary="#9aa7b3",
    accent="#6cbbdc",
    warning="#e5b567",
    error="#ff9388",
    success="#86cf95",
    foreground="#dfe5ea",
    background="#12171c",
    surface="#12171c",
    panel="#1e262e",
    boost="#1e262e",
    variables={
        "text": "#dfe5ea",
        "text-muted": "#9aa7b3",
        "text-disabled": "#9aa7b3",
        "foreground-muted": "#9aa7b3",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#215673",
        "block-cursor-blurred-foreground": "#dfe5ea",
        "block-cursor-blurred-background": "#26313b",
        "border": "#6cbbdc",
        "border-blurred": "#44525f",
        "footer-background": "#1e262e",
        "footer-key-foreground": "#6cbbdc",
        "scrollbar": "#44525f",
        "scrollbar-hover": "#6cbbdc",
        "scrollbar-active": "#6cbbdc",
        "scrollbar-background": "#1a2128",
        "input-selection-background": "#215673",
    },
)
LIGHT = Theme(
    name="earwitness-light",
    dark=False,
    primary="#0b5c86",
    secondary="#4d5862",
    accent="#0b5c86",
    warning="#7a4d00",
    error="#a4161a",
    success="#1d6b34",
    foreground="#1a2026",
    background="#fbfbf8",
    surface="#fbfbf8",
    panel="#e8ebe7",
    boost="#e8ebe7",
    variables={
        "text": "#1a2026",
        "text-muted": "#4d5862",
        "text-disabled": "#4d5862",
        "foreground-muted": "#4d5862",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#0b5c86",
        "block-cursor-blurred-foreground": "#1a2026",
        "block-cursor-blurred-background": "#d3dbe0",
        "border": "#0b5c86",
        "border-blurred": "#a3adb5",
        "footer-background": "#e8ebe7",
        "footer-key-foreground": "#0b5c86",
        "scrollbar": "#a3adb5",
        "scrollbar-hover": "#0b5c86",
        "scrollbar-active": "#0b5c86",
        "scrollbar-background": "#eef0ec",
        "input-cursor-background": "#1a2026",
        "input-cursor-foreground": "#fbfbf8",
        "input-selection-background": "#bcd7e6",
    },
)
HIGH_CONTRAST = Theme(
    name="earwitness-high-contrast",
    dark=True,
    primary="#ffd83d",
    secondary="#ffffff",
    accent="#ffd83d",
    warning="#ffd83d",
    error="#ff9d9d",
    success="#8cff9e",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#2b2b2b",
    boost="#2b2b2b",
    variables={
        "text": "#ffffff",
        "text-muted": "#e0e0e0",
        "text-disabled": "#e0e0e0",
        "foreground-muted": "#e0e0e0",
        "block-cursor-foreground": "#000000",
        "block-cursor-background": "#ffd83d",
        "block-cursor-blurred-foreground": "#000000",
        "block-cursor-blurred-background": "#ffffff",
        "border": "#ffd83d",
        "border-blurred": "#ffffff",
        "footer-background": "#2b2b2b",
        "footer-key-foreground": "#ffd83d",
        "scrollbar": "#ffffff",
        "scrollbar-hover": "#ffd83d",
        "scrollbar-active": "#ffd83d",
        "scrollbar-background": "#303030",
        "input-selection-background": "#5c4d00",
    },
)
CONSOLE = Theme(
    name="earwitness-console",
    dark=True,
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_default",
    accent="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_bright_red",
    success="ansi_green",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_black",
        "ansi-foreground": "ansi_white",
        "block-cursor-foreground": "ansi_default",
        "block-cursor-background": "ansi_default",
        "block-cursor-text-style": "reverse",
        "block-cursor-blurred-foreground": "ansi_default",
        "block-cursor-blurred-background": "ansi_default",
        "block-cursor-blurred-text-style": "bold",
        "border": "ansi_cyan",
        "border-blurred": "ansi_white",
        "footer-key-foreground": "ansi_cyan",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_cyan",
        "input-selection-foreground": "ansi_black",
        "scrollbar": "ansi_white",
        "scrollbar-hover": "ansi_white",
        "scrollbar-active": "ansi_cyan",
        "scrollbar-background": "ansi_black",
        "scrollbar-background-hover": "ansi_black",
        "scrollbar-background-active": "ansi_black",
        "scrollbar-corner-color": "ansi_black",
    },
)

THEMES = (DARK, LIGHT, HIGH_CONTRAST, CONSOLE)
CONSOLE_GLYPHS = frozenset("─│┌┐└┘├┤┬┴┼█░▒←↑→↓▲▼◆●✗■·•åäöÅÄÖéÉüÜ§°±×“”‘’–—…‹›«»")
"""What is drawn on a bare Linux console besides ASCII; anything else may turn into a diamond there."""


def is_console() -> bool:
    """Whether the terminal is a bare Linux console, or no colours were asked for (https://no-color.org)."""
    return os.environ.get("TERM", "").startswith("linux") or bool(os.environ.get("NO_COLOR"))


def next_theme(name: str) -> Theme:
    """The theme after this one, round and round."""
    names = [theme.name for theme in THEMES]
    after = names.index(name) + 1 if name in names else 0
    return THEMES[after % len(THEMES)]


def use_plain_scrollbars() -> None:
    """Draw scroll bars of coloured blanks: the eighth blocks at their ends do not exist in console fonts."""
    ScrollBarRender.VERTICAL_BARS = [" "] * len(ScrollBarRender.VERTICAL_BARS)
    ScrollBarRender.HORIZONTAL_BARS = [" "] * len(ScrollBarRender.HORIZONTAL_BARS)
