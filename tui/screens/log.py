"""Who accessed what: a search in the log, and the list it finds, which can follow what happens.

Reading the log is itself an entry. So that a list which follows does not feed itself, it leaves the
readings out, by a term that stands in the search for everybody to see.
"""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer

from agent.errors import WrongUse
from agent.wire import Entry
from tui.commands import Command
from tui.query_terms import LOG_TERMS
from tui.screens.entry import EntryScreen
from tui.screens.shell import ShellScreen
from tui.session import LiveSession
from tui.text import _, ngettext, sentence
from tui.widgets.list_status import ListStatus, grouped
from tui.widgets.log_table import LogSource, LogTable
from tui.widgets.log_words import contact_term, person_term
from tui.widgets.query_line import QueryInput, QueryLine
from tui.widgets.record_table import RecordTable

WITHOUT_READINGS = "-action:audit.read"
PEOPLE_ONLY = f"{WITHOUT_READINGS} -action:contact.take_in"
"""What the screen begins with: the agent takes in more than people do."""
FOLLOW_EVERY_S = 3.0
"""A list that follows is read anew no more often than this: each time is an entry of its own."""


class LogScreen(ShellScreen):
    """Where security lives."""

    CSS_PATH = "log.tcss"
    AUTO_FOCUS = "LogTable"
    TERMS = LOG_TERMS
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(action="search", key="slash", words=_("search"), help=_("Write a search in the log."), hinted=True),
        Command(
            action="follow",
            key="f",
            words=_("follow"),
            help=_("Show new entries as they come, or stop doing so."),
            hinted=True,
        ),
        Command(
            action="this_contact",
            key="c",
            words=_("this contact"),
            help=_("Who accessed the contact of this entry."),
            hinted=True,
        ),
        Command(
            action="this_person",
            key="p",
            words=_("this person"),
            help=_("Everything that the person of this entry did."),
            hinted=True,
        ),
        Command(
            action="everything",
            key="escape",
            words=_("whole log"),
            help=_("Empty the search, but for the readings of the log itself."),
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self.is_following = False
        self._follow_timer: Timer | None = None

    def compose_body(self) -> ComposeResult:
        yield QueryLine(placeholder=_("search: terms such as actor:anna.berg outcome:refused; F1 names them"))
        yield LogTable()
        yield ListStatus()

    def on_mount(self) -> None:
        self.ask(PEOPLE_ONLY)

    @property
    def table(self) -> LogTable:
        return self.query_one(LogTable)

    @property
    def line(self) -> QueryLine:
        return self.query_one(QueryLine)

    def ask(self, query: str) -> None:
        """Search, and show what is found from its newest entry on."""
        if self.is_following and WITHOUT_READINGS not in query.split():
            self.is_following = False
        self.line.set(query)
        self.table.show(LogSource(self.client, query))
        self.table.focus()

    # --- what comes
    # ------------------------------------------------------------------------------------------------

    def on_query_line_asked(self, message: QueryLine.Asked) -> None:
        self.ask(message.query)

    @on(QueryInput.Left)
    def _back_to_list(self) -> None:
        self.line.show_error("")
        self.table.focus()

    def on_record_table_failed(self, message: RecordTable.Failed[Entry]) -> None:
        if isinstance(message.error, WrongUse):
            message.stop()
            self.line.show_error(sentence(message.error))
            self.line.edit()

    def on_record_table_counted(self, message: RecordTable.Counted[Entry]) -> None:
        self._summarise()
        self.query_one(ListStatus).show(self.table)
        if self.is_following and message.newer and self._follow_timer is None:
            self._follow_timer = self.set_timer(FOLLOW_EVERY_S, self._show_newer)

    def on_record_table_highlighted(self, message: RecordTable.Highlighted[Entry]) -> None:
        self.query_one(ListStatus).show(self.table)
        self.refresh_bindings()

    def on_record_table_chosen(self, message: RecordTable.Chosen[Entry]) -> None:
        self.app.push_screen(EntryScreen(message.row), self._ask_chosen)

    def on_live_session_happened(self, message: LiveSession.Happened) -> None:
        if message.event.event == "audit":
            self.table.count_newer()

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        self.table.retry_failed()
        self.table.count_newer()

    def _show_newer(self) -> None:
        """Read the list anew: from its newest entry on where the cursor was there, else around the cursor."""
        self._follow_timer = None
        if not self.is_following:
            return
        if self.table.cursor_index == 0:
            self.table.show(LogSource(self.client, self.line.query_text))
        else:
            self.table.reread()

    def _summarise(self) -> None:
        count = self.table.count
        found = ngettext("{count} entry", "{count} entries", count).format(count=grouped(count))
        self.line.show_summary(" · ".join([found, _("following")]) if self.is_following else found)

    # --- commands
    # --------------------------------------------------------------------------------------------------

    def why_not(self, command: Command) -> str | None:
        entry = self.table.selected if self.is_mounted else None
        if command.action == "this_contact" and (entry is None or contact_term(entry) is None):
            return _("The selected entry is not about a contact.")
        if command.action == "this_person" and (entry is None or person_term(entry) is None):
            return _("The selected entry has no person: the agent did it by itself.")
        if command.action == "follow" and "action:audit.read" in self._terms():
            return _("A list of readings of the log cannot follow: each of its own readings would be new.")
        return super().why_not(command)

    def action_search(self) -> None:
        self.line.edit()

    def action_everything(self) -> None:
        if self.line.query_text != WITHOUT_READINGS:
            self.ask(WITHOUT_READINGS)

    def action_follow(self) -> None:
        self.is_following = not self.is_following
        if self.is_following and WITHOUT_READINGS not in self._terms():
            self.ask(f"{self.line.query_text} {WITHOUT_READINGS}".strip())
        elif self.is_following and self.table.newer:
            self._show_newer()
        self._summarise()

    def action_this_contact(self) -> None:
        entry = self.table.selected
        if entry is not None:
            self._ask_chosen(contact_term(entry))

    def action_this_person(self) -> None:
        entry = self.table.selected
        if entry is not None:
            self._ask_chosen(person_term(entry))

    def _ask_chosen(self, query: str | None) -> None:
        if query is not None:
            self.ask(query)

    def _terms(self) -> list[str]:
        return self.line.query_text.split() if self.is_mounted else []
