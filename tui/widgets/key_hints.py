"""The line of key hints, drawn whole by one widget: a widget for each hint leaks (Textual #6666)."""

from __future__ import annotations

from typing import Any

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.commands import offered


class KeyHints(Widget, can_focus=False):
    """What can be done from here. What is not possible now is shown in muted words; its key says why."""

    DEFAULT_CSS = """
    KeyHints { dock: bottom; height: 1; background: $footer-background; color: $footer-foreground; padding:
    0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._drawn = Content("")

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._redraw)

    def on_resize(self) -> None:
        self._redraw(self.screen)

    def _redraw(self, screen: Screen[Any]) -> None:
        """Draw anew only what has changed: bindings are looked at with every move of a cursor."""
        words = self._words()
        if words.markup != self._drawn.markup:
            self._drawn = words
            self.refresh()

    def render(self) -> Content:
        return self._drawn

    def _words(self) -> Content:
        parts: list[Content] = []
        room = self.size.width + 2
        for hint in self._hints():
            room -= hint.cell_length + 2
            if room < 0:
                break
            parts.append(hint)
        return Content("  ").join(parts)

    def _hints(self) -> list[Content]:
        hints: dict[str, Content] = {}
        focused = self.screen.focused
        is_typing = isinstance(focused, Input | TextArea)
        for node, command in offered(self.screen, focused):
            typed_over = is_typing and not isinstance(node, Input | TextArea)
            key = command.key_while_typing if typed_over else command.shown_key
            if command.hinted and key and key not in hints:
                possible = node.why_not(command) is None
                hints[key] = Content.assemble(
                    (key, "bold $footer-key-foreground" if possible else "$text-muted"),
                    " ",
                    (command.words, "" if possible else "$text-muted"),
                )
        return list(hints.values())
