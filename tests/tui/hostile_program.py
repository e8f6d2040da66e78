"""The terminal UI over a fake agent whose every name is an attack, as a program for a real terminal.

    python -m tests.tui.hostile_program [--show-cursor] [--crash]

With `--crash` the key X raises an exception whose message is an attack, too.
"""

from __future__ import annotations

import sys

from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import HOSTILE
from tui.app import EarwitnessApp, run_app


def _crash(app: EarwitnessApp) -> None:
    raise ValueError(*HOSTILE)


if __name__ == "__main__":
    agent = FakeAgent(contacts=200, hostile=True)
    agent.searches = {"[red]a[/red]": "[@click=app.quit]x[/]", "\x1b[2J[/nope": "\x9b31m"}
    if "--crash" in sys.argv:
        EarwitnessApp.key_upper_x = _crash  # type: ignore[attr-defined]  # Textual calls it for the key
    sys.exit(run_app(agent.client(), signed_in=agent.session(), show_cursor="--show-cursor" in sys.argv))
