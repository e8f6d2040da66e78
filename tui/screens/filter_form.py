"""A form whose fields become the terms of a search."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.commands import Command
from tui.query_terms import put_together, taken_apart
from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.choice import Choice
from tui.widgets.key_hints import KeyHints

FIELDS = {
    "service": (_("service"), _("a part of its name")),
    "adviser": (_("adviser"), _("a part of the name")),
    "number": (_("number"), _("as it is dialled, or * and its last digits")),
    "after": (_("from day"), _("2026-01-31")),
    "before": (_("before day"), _("2026-02-28")),
    "longer": (_("longer than"), _("30s, 5m, 1h")),
    "shorter": (_("shorter than"), _("30s, 5m, 1h")),
}
"""Term to its label and an example."""
NAMES = (*FIELDS, "direction")


class FilterForm(Dialog[str]):
    """It returns the query that its fields make, together with what else the search held."""

    CSS_PATH = "filter_form.tcss"
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
        self._values, self._rest = taken_apart(query, NAMES)

    def compose(self) -> ComposeResult:
        directions = {"": _("either"), "in": _("in"), "out": _("out")}
        with Vertical(classes="box"):
            yield Static(_("Filter the contacts"), classes="title", markup=False)
            for name, (label, example) in FIELDS.items():
                with Horizontal(classes="field"):
                    yield Static(Content(label), classes="label")
                    yield Input(self._values.get(name, ""), placeholder=example, id=name, max_length=200)
            with Horizontal(classes="field"):
                yield Static(Content(_("direction")), classes="label")
                yield Choice(directions, chosen=self._values.get("direction", ""), id="direction")
            with Horizontal(classes="field"):
                yield Static(Content(_("other terms")), classes="label")
                yield Input(self._rest, id="rest", max_length=500)
        yield KeyHints()

    @on(Input.Submitted)
    def action_search(self) -> None:
        values = {name: self.query_one(f"#{name}", Input).value for name in FIELDS}
        values["direction"] = self.query_one("#direction", Choice).chosen
        self.dismiss(put_together(values, self.query_one("#rest", Input).value))

    def action_next(self) -> None:
        self.focus_next()

    def action_previous(self) -> None:
        self.focus_previous()

    def action_empty(self) -> None:
        for field in self.query(Input):
            field.value = ""
        self.query_one(Choice).chosen = ""
