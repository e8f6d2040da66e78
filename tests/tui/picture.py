"""A screen as a PNG, drawn with a monospaced font: what a person would see in a terminal window.

save_picture(app, Path("contacts.png"))
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.app import App

from tests.tui.screen_text import screen_strips

FONT_FOLDER = Path("/usr/share/fonts/truetype/dejavu")
FONT_PX = 16
MARGIN_PX = 8
CONSOLE_PALETTE = TerminalTheme(
    (0, 0, 0),
    (170, 170, 170),
    [
        (0, 0, 0),
        (170, 0, 0),
        (0, 170, 0),
        (170, 85, 0),
        (0, 0, 170),
        (170, 0, 170),
        (0, 170, 170),
        (170, 170, 170),
    ],
    [
        (85, 85, 85),
        (255, 85, 85),
        (85, 255, 85),
        (255, 255, 85),
        (85, 85, 255),
        (255, 85, 255),
        (85, 255, 255),
        (255, 255, 255),
    ],
)
"""The sixteen colours of the Linux console."""
_TOO_WIDE_FOR_FONT = 0x2E80
"""From here on the font has no glyphs of its own."""


def save_picture(app: App[Any], file: Path, *, scale: int = 1) -> None:
    """Draw what the application shows now.

    Args:
        app: A running application, for instance under Pilot.
        file: Where the PNG goes.
        scale: Pixels for one, for dense displays.
    """
    strips = screen_strips(app)
    fonts = {bold: _font(bold, FONT_PX * scale) for bold in (False, True)}
    left, _top, right, _bottom = fonts[False].getbbox("M" * 100)
    cell_width = (right - left) / 100
    ascent, descent = fonts[False].getmetrics()
    cell_height = ascent + descent
    margin = MARGIN_PX * scale
    width, height = app.size
    background = _rgb(app.screen.rich_style.bgcolor, is_foreground=False)
    picture = Image.new("RGB", (round(width * cell_width) + 2 * margin, height * cell_height + 2 * margin), background)
    draw = ImageDraw.Draw(picture)
    for line, strip in enumerate(strips):
        column = 0
        for segment in strip:
            if segment.control:
                continue
            style = segment.style or Style.null()
            foreground, behind = _colours(style)
            for character in segment.text:
                cells = cell_len(character)
                x, y = margin + column * cell_width, margin + line * cell_height
                draw.rectangle((x, y, x + cells * cell_width, y + cell_height - 1), fill=behind)
                if not character.isspace() and ord(character) < _TOO_WIDE_FOR_FONT:
                    draw.text((x, y), character, font=fonts[bool(style.bold)], fill=foreground)
                if style.underline:
                    base = y + ascent + scale
                    draw.line((x, base, x + cells * cell_width, base), fill=foreground, width=scale)
                column += cells
    picture.save(file)


def _font(bold: bool, size_px: int) -> ImageFont.FreeTypeFont:
    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    return ImageFont.truetype(str(FONT_FOLDER / name), size_px)


def _colours(style: Style) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    foreground, background = _rgb(style.color, is_foreground=True), _rgb(style.bgcolor, is_foreground=False)
    if style.reverse:
        foreground, background = background, foreground
    if style.dim:
        red, green, blue = ((one + two) // 2 for one, two in zip(foreground, background, strict=True))
        foreground = (red, green, blue)
    return foreground, background


def _rgb(color: Color | None, *, is_foreground: bool) -> tuple[int, int, int]:
    return tuple((color or Color.default()).get_truecolor(CONSOLE_PALETTE, is_foreground))  # type: ignore[return-value]  # three of them
