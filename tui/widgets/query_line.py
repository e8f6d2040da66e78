"""The line in which a search is written, with what was wrong with it and what it found."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tui.commands import Command, Offering
from tui.text import _


class QueryInput(Offering, Input):
    """An input with the searches of this session on the arrow keys."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="leave",
            key="escape",
            words=_("back to the list"),
            help=_("Leave the search as it was."),
            hinted=True,
            in_palette=False,
        ),
        Command(
            action="earlier",
            key="up",
            words=_("earlier search"),
            help=_("The search before this one."),
            hinted=True,
            in_palette=False,
        ),
        Command(
            action="later",
            key="down",
            words=_("later search"),
            help=_("The search after this one."),
            in_palette=False,
        ),
    )

    class Left(Message):
        """The person went back to the list."""

    def __init__(self, *, placeholder: str, secret: tuple[str, ...]) -> None:
        super().__init__(placeholder=placeholder, max_length=1000, select_on_focus=False)
        self._secret = tuple(f"{name}:" for name in secret)
        self._past: list[str] = []
        self._place = 0
        self.asked = ""

    def remember(self, query: str) -> None:
        """Note a search that was asked, as the newest; one with a secret term only for as long as it is shown."""
        self.asked = query
        is_kept = query and not any(term in query.casefold() for term in self._secret)
        if is_kept and query in self._past:
            self._past.remove(query)
        if is_kept:
            self._past.append(query)
        self._place = len(self._past)

    def action_leave(self) -> None:
        self.value = self.asked
        self.post_message(self.Left())

    def action_earlier(self) -> None:
        self._recall(self._place - 1)

    def action_later(self) -> None:
        self._recall(self._place + 1)

    def _recall(self, place: int) -> None:
        if 0 <= place <= len(self._past):
            self._place = place
            self.value = self._past[place] if place < len(self._past) else ""
            self.cursor_position = len(self.value)


class QueryLine(Vertical):
    """Tell it what came of the search: `show_summary`, `show_error`."""

    DEFAULT_CSS = """
    QueryLine {
        height: auto;
        & > Horizontal { height: 1; }
        & .mark { width: 3; padding: 0 1; color: $primary; text-style: bold; }
        & QueryInput, & QueryInput:focus { width: 1fr; padding: 0; background: $background; }
        & QueryInput:focus { background: $panel; }
        & .summary { width: auto; padding: 0 1 0 2; color: $text-muted; }
        & > .error { height: auto; padding: 0 1 0 3; color: $error; display: none; }
        & > .error.-shown { display: block; }
    }
    """

    class Asked(Message):
        """A search was written and sent off; `before` is the one that it follows."""

        def __init__(self, query: str, before: str) -> None:
            super().__init__()
            self.query, self.before = query, before

    def __init__(self, *, placeholder: str = "", secret: tuple[str, ...] = (), id: str | None = None) -> None:
        """Args:
        placeholder: What stands in an empty line.
        secret: Names of terms with a customer's data: a search that holds one is not kept among the earlier ones.
        """
        super().__init__(id=id)
        self._secret = secret
        self._placeholder = placeholder or _("text, or terms like service:vatten; F1: help")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("/", classes="mark", markup=False)
            yield QueryInput(placeholder=self._placeholder, secret=self._secret)
            yield Static("", classes="summary", markup=False)
        yield Static("", classes="error", markup=False)

    @property
    def query_text(self) -> str:
        """The search that was asked last."""
        return self.query_one(QueryInput).asked

    def edit(self) -> None:
        """Go into the line."""
        self.query_one(QueryInput).focus()

    def set(self, query: str) -> None:
        """Put a search into the line as the one that was asked."""
        line = self.query_one(QueryInput)
        line.value = query
        line.remember(query)
        self.show_error("")

    def show_summary(self, words: str) -> None:
        self.query_one(".summary", Static).update(Content(words))

    def show_error(self, words: str) -> None:
        """Say under the line what was wrong with it; an empty text takes the words away."""
        line = self.query_one(".error", Static)
        line.update(Content(words))
        line.set_class(bool(words), "-shown")

    @on(Input.Submitted)
    def _ask(self, message: Input.Submitted) -> None:
        message.stop()
        before = self.query_text
        self.set(message.value.strip())
        self.post_message(self.Asked(message.value.strip(), before))
