"""What can be done in every table: move, jump in time, open, read again."""

from __future__ import annotations

from tui.commands import Command
from tui.text import _


def _moving(action: str, key: str, key_words: str, words: str) -> Command:
    return Command(action=action, key=key, key_words=key_words, words=words, help=words, in_palette=False)


def _jump(action: str, key: str, words: str, sentence: str) -> Command:
    return Command(action=action, key=key, words=words, help=sentence)


TABLE_COMMANDS = (
    Command(action="choose", key="enter", words=_("open"), help=_("Open the selected row."), hinted=True),
    Command(
        action="reread",
        key="r",
        words=_("refresh"),
        help=_("Read the list again; the cursor stays on its row."),
    ),
    _moving("move(1)", "down,j", "↓ j", _("A row down.")),
    _moving("move(-1)", "up,k", "↑ k", _("A row up.")),
    _moving("page(1)", "pagedown", "PgDn", _("A screenful down.")),
    _moving("page(-1)", "pageup", "PgUp", _("A screenful up.")),
    _moving("first", "g,home", "g Home", _("To the first row.")),
    _moving("last", "G,end", "G End", _("To the last row.")),
    _jump("jump('hour', -1)", "m", _("hour back"), _("An hour back in time.")),
    _jump("jump('hour', 1)", "M", _("hour forward"), _("An hour forward in time.")),
    _jump("jump('day', -1)", "o", _("day back"), _("A day back in time.")),
    _jump("jump('day', 1)", "O", _("day forward"), _("A day forward in time.")),
    _jump("jump('month', -1)", "d", _("month back"), _("A month back in time.")),
    _jump("jump('month', 1)", "D", _("month forward"), _("A month forward in time.")),
)
