"""What can be done from where one was: the keys of the screen, of what had the focus, of the program.

Where searches are written, it explains their terms too.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from tui.commands import Command, Offering, offered
from tui.query_terms import Term
from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.key_hints import KeyHints

KEY_CELLS = 12
TEXT_CELLS = 58
EXAMPLE_CELLS = 22


class HelpScreen(Dialog[None]):
    """Args:
    behind: The screen that is asked about; where it has `TERMS`, they are explained.
    focused: What had the focus there.
    """

    CSS_PATH = "help.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="leave",
            key="question_mark,q",
            key_words="Esc",
            words=_("back"),
            help=_("Close the help."),
            in_help=False,
        ),
    )

    def __init__(self, behind: Screen[Any], focused: DOMNode | None) -> None:
        super().__init__()
        self._behind, self._focused = behind, focused

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box"):
            yield Static(_("What can be done here"), classes="title", markup=False)
            yield Static(Content("\n").join(self._commands()), markup=False)
            terms: tuple[Term, ...] = getattr(self._behind, "TERMS", ())
            if terms:
                yield Static(_("What a search may say"), classes="title terms", markup=False)
                yield Static(Content("\n").join(_explained(terms)), markup=False)
        yield KeyHints()

    def on_mount(self) -> None:
        self.query_one(".box").focus()

    def _commands(self) -> Iterator[Content]:
        """The screen's commands, then those of what had the focus, then the program's; an empty line between."""
        groups: dict[Offering, list[Content]] = {self._behind: []} if isinstance(self._behind, Offering) else {}
        seen: set[str] = set()
        for node, command in offered(self._behind, self._focused):
            if command.in_help and command.key not in seen:
                seen.add(command.key)
                groups.setdefault(node, []).extend(_entry(command.shown_key, command.help, node.why_not(command)))
        for place, lines in enumerate(groups.values()):
            if place:
                yield Content("")
            yield from lines


def _entry(key: str, words: str, reason: str | None = None) -> Iterator[Content]:
    """A key and its sentence with a hanging indent; why it is not possible stands on lines of its own."""
    for line, part in enumerate(textwrap.wrap(words, TEXT_CELLS)):
        yield Content.assemble(((key if line == 0 else "").ljust(KEY_CELLS), "bold $primary"), part)
    for part in textwrap.wrap(reason or "", TEXT_CELLS):
        yield Content.assemble(" " * KEY_CELLS, (part, "$warning"))


def _explained(terms: tuple[Term, ...]) -> Iterator[Content]:
    for term in terms:
        for line, part in enumerate(textwrap.wrap(term.help, TEXT_CELLS - EXAMPLE_CELLS + KEY_CELLS)):
            example = term.example if line == 0 else ""
            yield Content.assemble((example.ljust(EXAMPLE_CELLS), "bold $primary"), part)
