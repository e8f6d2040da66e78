"""What the surroundings may say to the program, checked before Textual is imported.

It owns the scrubbing of Textual's own variables (`TEXTUAL_DRIVER` imports code, others write files) and
the refusal of terminals that cannot show a screen. It imports neither Textual nor anything that does.
"""

from __future__ import annotations

import os
import sys

from tui.text import _

NOT_A_SCREEN = frozenset({"", "dumb", "unknown"})


def scrub() -> None:
    """Remove every variable that Textual would act upon."""
    for name in [name for name in os.environ if name.startswith("TEXTUAL")]:
        del os.environ[name]


def why_no_screen() -> str | None:
    """Say why no screen can be shown here and what to use instead; None when it can."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        trouble = _("There is no terminal here.")
    elif os.environ.get("TERM", "") in NOT_A_SCREEN:
        trouble = _("This terminal (TERM={term}) cannot show a screen.").format(term=os.environ.get("TERM", "") or "''")
    else:
        return None
    instead = _("Use the commands instead: earwitness login, then earwitness search, show, play or audit.")
    return f"{trouble} {instead}"
