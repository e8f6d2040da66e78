"""A screen as text, and its comparison with the picture that is kept of it.

    await pilot.pause()
    assert_golden(app, "contacts-80x24")

The kept pictures lie in `tests/tui/golden`; `EARWITNESS_GOLDEN=write pytest …` writes them anew, to be
read before they are committed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from textual._compositor import LayoutUpdate
from textual.app import App
from textual.strip import Strip

GOLDEN = Path(__file__).parent / "golden"


def screen_strips(app: App[Any]) -> list[Strip]:
    """The lines that the terminal shows, with what shines through from behind a dialog."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    return [Strip.join(list(line)) for line in update.strips]


def screen_text(app: App[Any]) -> str:
    """The same as plain lines, without trailing blanks."""
    return "".join(strip.text.rstrip() + "\n" for strip in screen_strips(app))


def assert_golden(app: App[Any], name: str) -> None:
    """Compare the screen with its kept picture, exactly."""
    shown, file = screen_text(app), GOLDEN / f"{name}.txt"
    if os.environ.get("EARWITNESS_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(shown, encoding="utf-8")
    assert file.exists(), f"there is no {file.name} yet; EARWITNESS_GOLDEN=write makes it"
    assert shown == file.read_text(encoding="utf-8")
