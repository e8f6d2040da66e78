"""`python -m benchmarks.pictures DIR`: the screens of the real program in a running demo, as PNGs for the README."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from benchmarks.pseudo_terminal import PseudoTerminal
from benchmarks.scene import tell

FONTS = Path("/usr/share/fonts/truetype/dejavu")
FONT_PX = 14
BACKGROUND, FOREGROUND = "11161a", "d5dde3"
COLOURS = 64
"""Of a picture's palette: enough for a screen, and a small file."""
BLOCKS = "▁▂▃▄▅▆▇█"
NAMED = {
    "black": "000000",
    "red": "aa0000",
    "green": "00aa00",
    "brown": "aa5500",
    "blue": "0000aa",
    "magenta": "aa00aa",
    "cyan": "00aaaa",
    "white": "aaaaaa",
    "brightblack": "555555",
    "brightred": "ff5555",
    "brightgreen": "55ff55",
    "brightbrown": "ffff55",
    "brightyellow": "ffff55",
    "brightblue": "5555ff",
    "brightmagenta": "ff55ff",
    "brightcyan": "55ffff",
    "brightwhite": "ffffff",
}
"""The sixteen colours of the Linux console, as pyte names them."""


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ew-pictures-") as place:
        command = [sys.executable, "-m", "agent", "demo", "--headless", "--mishaps", "--dir", place]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
            assert demo.stdout is not None
            ready = json.loads(demo.stdout.readline())
            try:
                _take(folder, ready, Path(place))
            finally:
                demo.send_signal(signal.SIGTERM)


def _take(folder: Path, ready: dict[str, Any], place: Path) -> None:
    earwitness = [str(Path(sys.executable).with_name("earwitness")), "--socket", ready["socket"]]
    account = ready["accounts"]["administrator"]
    home = {"XDG_RUNTIME_DIR": str(place / "run"), "TZ": "Europe/Helsinki", "LANG": "C.UTF-8"}
    (place / "run").mkdir(mode=0o700)
    with PseudoTerminal(earwitness, environment=home) as terminal:
        _shows(terminal, "password")
        save(terminal, folder / "sign-in.png")
        terminal.press(f"{account['user']}\t{account['password']}\r")
        _shows(terminal, "newest first")
        terminal.press("jjj")
        terminal.settle()
        save(terminal, folder / "contacts.png")
        terminal.press("\r")
        _shows(terminal, "Recordings")
        terminal.press(" ")
        _shows(terminal, "opened for")
        terminal.press("\x1b[B\tC-118\r")
        _shows(terminal, "0:05 /")
        save(terminal, folder / "contact.png")
        terminal.press("\x1b")
        _shows(terminal, "newest first")
        terminal.press("2")
        _shows(terminal, "entries")
        save(terminal, folder / "log.png")
        terminal.press("3")
        _shows(terminal, "files a minute")
        save(terminal, folder / "intake.png")
    console = {**home, "TERM": "linux", "COLORTERM": ""}
    with PseudoTerminal(earwitness, columns=80, lines=24, environment=console) as terminal:
        _shows(terminal, "password")
        terminal.press(f"{account['user']}\t{account['password']}\r")
        _shows(terminal, "newest first")
        save(terminal, folder / "contacts-80x24-console.png")


def _shows(terminal: PseudoTerminal, words: str) -> None:
    terminal.wait_for(lambda rows: any(words in row for row in rows))
    terminal.settle()


def save(terminal: PseudoTerminal, file: Path) -> None:
    """Draw what a terminal shows."""
    plain, bold = (ImageFont.truetype(FONTS / f"DejaVuSansMono{kind}.ttf", FONT_PX) for kind in ("", "-Bold"))
    width, height = round(plain.getlength("M")), sum(plain.getmetrics())
    screen = terminal.screen
    picture = Image.new("RGB", (width * screen.columns, height * screen.lines), f"#{BACKGROUND}")
    draw = ImageDraw.Draw(picture)
    for y in range(screen.lines):
        for x in range(screen.columns):
            cell = screen.buffer[y][x]
            ink, paper = _colour(cell.fg, FOREGROUND), _colour(cell.bg, BACKGROUND)
            if cell.reverse:
                ink, paper = paper, ink
            left, top = x * width, y * height
            draw.rectangle((left, top, left + width - 1, top + height - 1), fill=paper)
            if cell.data in BLOCKS:
                full = round(height * (BLOCKS.index(cell.data) + 1) / len(BLOCKS))
                draw.rectangle((left, top + height - full, left + width - 1, top + height - 1), fill=ink)
            elif cell.data.strip():
                draw.text((left, top), cell.data, font=bold if cell.bold else plain, fill=ink)
            if cell.underscore:
                draw.line((left, top + height - 2, left + width - 1, top + height - 2), fill=ink)
    picture.quantize(COLOURS).save(file, optimize=True)
    tell(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


def _colour(name: str, default: str) -> str:
    return f"#{default if name == 'default' else NAMED.get(name, name)}"


if __name__ == "__main__":
    os.umask(0o022)
    main(Path(sys.argv[1]))
