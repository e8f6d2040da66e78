"""The form in which a search in the log is filled in."""

from __future__ import annotations

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from agent.wire import Outcome, Purpose
from tui.purpose_words import purpose_word
from tui.screens.term_form import TermForm
from tui.text import _
from tui.widgets.action_words import known_actions
from tui.widgets.log_words import outcome_words


class LogFilter(TermForm):
    """See `TermForm`. Under the fields stand the actions that begin as what is typed there."""

    TITLE_WORDS = _("Filter the log")
    FIELDS = {  # noqa: RUF012 - never changed
        "actor": (_("person"), _("how the user name begins")),
        "contact": (_("contact"), _("its id")),
        "action": (_("action"), _("contact.listen, or how it begins: contact")),
        "on": (_("on day"), _("2026-01-31, today, yesterday, -7d")),
        "after": (_("from day"), _("2026-01-31")),
        "before": (_("before day"), _("2026-02-28")),
        "uid": (_("system user"), _("1000")),
    }
    CHOICES = {  # noqa: RUF012 - never changed
        "outcome": (
            _("outcome"),
            {"": _("any"), **{outcome.value: outcome_words(outcome) for outcome in Outcome}},
        ),
        "purpose": (
            _("purpose"),
            {"": _("any"), **{purpose.value: purpose_word(purpose.value) for purpose in Purpose}},
        ),
    }
    SUGGESTED = {"action": known_actions()}  # noqa: RUF012 - never changed

    def on_mount(self) -> None:
        note = Static("", classes="note", id="known", markup=False)
        self.query_one(".box").mount(note)
        self._tell_known(self.query_one("#action", Input).value)

    @on(Input.Changed, "#action")
    def _look_up(self, message: Input.Changed) -> None:
        self._tell_known(message.value)

    def _tell_known(self, begun: str) -> None:
        for note in self.query("#known").results(Static):
            found = [action for action in known_actions() if action.startswith(begun.strip().casefold())]
            note.update(Content(_("actions: {names}").format(names="  ".join(found) or "–")))
