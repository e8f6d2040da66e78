"""One of a few words, chosen with the arrow keys; brackets mark it, so that it needs no colour.

Where not all of them have room, the chosen one stands alone between arrows.
"""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.commands import Command, Offering
from tui.text import _


class Choice(Offering, Widget, can_focus=True):
    """The words in a line; `chosen` is the key of the chosen one.

    Args:
        options: Key to words.
        chosen: The key at the beginning; an unknown one becomes the first.
    """

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; padding: 0 1; color: $foreground; }
    Choice:focus { background: $panel; }
    """
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="step(1)",
            key="right,space",
            key_words="← →",
            words=_("choose"),
            help=_("The next choice."),
            hinted=True,
            in_palette=False,
        ),
        Command(action="step(-1)", key="left", words=_("back"), help=_("The choice before."), in_palette=False),
    )

    chosen: reactive[str] = reactive("")

    def __init__(self, options: dict[str, str], *, chosen: str, id: str | None = None) -> None:
        super().__init__(id=id)
        self._options = options
        self.set_reactive(Choice.chosen, chosen if chosen in options else next(iter(options)))

    def render(self) -> Content:
        words = [
            Content.styled(f"[{label}]", "bold $primary") if key == self.chosen else Content(f" {label} ")
            for key, label in self._options.items()
        ]
        line = Content(" ").join(words)
        if line.cell_length <= self.size.width:
            return line
        label = Content.styled(f"[{self._options[self.chosen]}]", "bold $primary")
        return Content.assemble("← ", label, " →")

    def action_step(self, step: int) -> None:
        keys = list(self._options)
        self.chosen = keys[(keys.index(self.chosen) + step) % len(keys)]
