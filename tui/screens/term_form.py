"""A form whose fields become the terms of a search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from tui.commands import Command
from tui.query_terms import put_together, taken_apart
from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.choice import Choice
from tui.widgets.key_hints import KeyHints


class TermForm(Dialog[str]):
    """It returns the query that its fields make, together with what else the search held.

    Derive from it and say which fields there are.
    """

    CSS_PATH = "term_form.tcss"
    TITLE_WORDS: ClassVar[str]
    FIELDS: ClassVar[Mapping[str, tuple[str, str]]]
    """Term to its label and an example."""
    CHOICES: ClassVar[Mapping[str, tuple[str, Mapping[str, str]]]]
    """Term to its label and its choices, value to words; the empty value leaves the term out."""
    SUGGESTED: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Term to values that are offered while one types."""
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="next",
            key="down",
            key_words="↓ Tab",
            words=_("next field"),
            help=_("To the next field."),
            hinted=True,
            in_palette=False,
        ),
        Command(
            action="previous",
            key="up",
            words=_("previous field"),
            help=_("To the field before."),
            in_palette=False,
        ),
        Command(
            action="search",
            key="enter",
            words=_("search"),
            help=_("Search for what the form says."),
            hinted=True,
        ),
        Command(action="empty", key="ctrl+u", words=_("empty"), help=_("Empty every field."), first=True),
    )

    def __init__(self, query: str) -> None:
        super().__init__()
        self._values, self._rest = taken_apart(query, (*self.FIELDS, *self.CHOICES))

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(self.TITLE_WORDS, classes="title", markup=False)
            for name, (label, example) in self.FIELDS.items():
                with Horizontal(classes="field"):
                    yield Static(Content(label), classes="label")
                    yield self._input(name, example)
            for name, (label, choices) in self.CHOICES.items():
                with Horizontal(classes="field"):
                    yield Static(Content(label), classes="label")
                    yield Choice(dict(choices), chosen=self._values.get(name, ""), id=name)
            with Horizontal(classes="field"):
                yield Static(Content(_("other terms")), classes="label")
                yield Input(self._rest, id="rest", max_length=500)
        yield KeyHints()

    def _input(self, name: str, example: str) -> Input:
        offered = self.SUGGESTED.get(name)
        suggester = SuggestFromList(offered, case_sensitive=False) if offered else None
        value = self._values.get(name, "")
        return Input(value, placeholder=example, id=name, max_length=200, suggester=suggester)

    @on(Input.Submitted)
    def action_search(self) -> None:
        values = {name: self.query_one(f"#{name}", Input).value for name in self.FIELDS}
        values |= {name: self.query_one(f"#{name}", Choice).chosen for name in self.CHOICES}
        self.dismiss(put_together(values, self.query_one("#rest", Input).value))

    def action_next(self) -> None:
        self.focus_next()

    def action_previous(self) -> None:
        self.focus_previous()

    def action_empty(self) -> None:
        for field in self.query(Input):
            field.value = ""
        for choice in self.query(Choice):
            choice.chosen = ""
