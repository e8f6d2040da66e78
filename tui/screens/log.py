"""Who accessed what: a search in the log, and the list it finds, which can follow what happens.

Reading the log is itself an entry. So that a list which follows does not feed itself, it leaves the
readings out, by a term that stands in the search for everybody to see.
"""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from agent.errors import WrongUse
from agent.wire import Entry
from tui.commands import Command
from tui.log_queries import PEOPLE_ONLY, SECRET_TERMS, WITHOUT_READINGS, feeds_itself
from tui.query_terms import LOG_TERMS
from tui.screens.entry import EntryScreen
from tui.screens.log_commands import LOG_COMMANDS
from tui.screens.log_trail import Trail
from tui.screens.shell import ShellScreen
from tui.session import LiveSession
from tui.text import _, ngettext, sentence
from tui.widgets.entry_commands import UNHINTED_ENTRY_COMMANDS, GoesOnFromEntry
from tui.widgets.list_reader import Anchor
from tui.widgets.list_status import ListStatus, grouped
from tui.widgets.log_sections import SectionStrip
from tui.widgets.log_state import LogStateLine
from tui.widgets.log_table import LogSource, LogTable
from tui.widgets.query_line import QueryInput, QueryLine
from tui.widgets.record_table import RecordTable

FOLLOW_EVERY_S = 3.0
"""A list that follows is read anew no more often than this: each time is an entry of its own."""


class LogScreen(GoesOnFromEntry, ShellScreen):
    """Where security lives."""

    CSS_PATH = "log.tcss"
    AUTO_FOCUS = "LogTable"
    TERMS = LOG_TERMS
    OFFERS: ClassVar[tuple[Command, ...]] = (*LOG_COMMANDS, *UNHINTED_ENTRY_COMMANDS)

    def __init__(self) -> None:
        super().__init__()
        self.is_following = False
        self._follow_timer: Timer | None = None
        self._trail = Trail()

    def compose_body(self) -> ComposeResult:
        yield QueryLine(
            placeholder=_("search: terms such as actor:anna.berg outcome:refused; F1 names them"), secret=SECRET_TERMS
        )
        yield SectionStrip()
        yield LogTable()
        yield ListStatus()
        yield LogStateLine()

    def on_mount(self) -> None:
        self._show(PEOPLE_ONLY)

    @property
    def table(self) -> LogTable:
        return self.query_one(LogTable)

    @property
    def line(self) -> QueryLine:
        return self.query_one(QueryLine)

    @property
    def strip(self) -> SectionStrip:
        return self.query_one(SectionStrip)

    # --- searching
    # ------------------------------------------------------------------------------------------------

    def ask(self, query: str | None) -> None:
        """Go on to another search; Esc leads back. None changes nothing."""
        if query is None:
            return
        if query != self.line.query_text:
            self._trail.leave(self.line.query_text, self.table.bookmark)
        self._show(query)

    def _show(self, query: str, bookmark: Anchor[Entry] | None = None) -> None:
        if feeds_itself(query):
            self.is_following = False
        self.line.set(query)
        self.strip.query_shown = query
        self.table.show(LogSource(self.client, query), bookmark=bookmark)
        self.table.focus()

    # --- what comes
    # ------------------------------------------------------------------------------------------------

    def on_query_line_asked(self, message: QueryLine.Asked) -> None:
        if message.query != message.before:
            self._trail.leave(message.before, self.table.bookmark)
        self._show(message.query)

    @on(LogTable.OtherDayAsked)
    def _ask_other_day(self, message: LogTable.OtherDayAsked) -> None:
        self._show(message.query)

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
        self.app.push_screen(EntryScreen(message.row), self.ask)

    def on_log_state_line_read(self, message: LogStateLine.Read) -> None:
        self.strip.odd = message.state.odd

    def on_live_session_happened(self, message: LiveSession.Happened) -> None:
        if message.event.event == "audit" and self.is_active:
            self.table.count_newer()

    def on_screen_resume(self) -> None:
        """Catch up with what happened behind another screen: drawn behind one, it would repaint that one, too."""
        self.table.count_newer()
        self.strip.catch_up()
        self.query_one(LogStateLine).catch_up()

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

    @property
    def entry_in_hand(self) -> Entry | None:
        return self.table.selected if self.is_mounted else None

    def go_on_with(self, query: str) -> None:
        self.ask(query)

    def why_not(self, command: Command) -> str | None:
        if command.action == "follow" and self.is_mounted and "action:audit.read" in self.line.query_text.split():
            return _("A list of readings of the log cannot follow: each of its own readings would be new.")
        return super().why_not(command)

    def action_search(self) -> None:
        self.line.edit()

    def action_back(self) -> None:
        before = self._trail.back()
        if before is not None:
            self._show(before.query, before.bookmark)
        elif self.line.query_text != PEOPLE_ONLY:
            self._show(PEOPLE_ONLY)

    def action_section(self, step: int) -> None:
        if self.table.has_focus:
            self._trail.forget()
            self._show(self.strip.after(step).query)
        else:
            self.table.focus()

    def action_follow(self) -> None:
        self.is_following = not self.is_following
        if self.is_following and feeds_itself(self.line.query_text):
            self._show(f"{self.line.query_text} {WITHOUT_READINGS}".strip())
        elif self.is_following and self.table.newer:
            self._show_newer()
        self._summarise()

    # The screens of the less usual ways are imported when one goes there.

    def action_filter(self) -> None:
        from tui.screens.log_filter import LogFilter

        self._go_to(LogFilter(self.line.query_text))

    def action_odd(self) -> None:
        from tui.screens.odd import OddScreen

        self._go_to(OddScreen())

    def action_hours(self) -> None:
        from tui.screens.hours import HoursScreen

        self._go_to(HoursScreen(self.line.query_text))

    def action_searched(self) -> None:
        from tui.screens.searched import AskSearched

        self._go_to(AskSearched())

    def _go_to(self, screen: Screen[str | None]) -> None:
        """Show a screen that returns the search one goes on with."""
        self.app.push_screen(screen, self.ask)

    def action_state(self) -> None:
        from tui.screens.log_state import LogStateScreen

        self.app.push_screen(LogStateScreen(self.query_one(LogStateLine).state))

    def action_export(self) -> None:
        from tui.screens.export_log import ExportLog

        self.app.push_screen(ExportLog(self.line.query_text, self.table.count), self._say_exported)

    def _say_exported(self, said: Any) -> None:
        if said is not None:
            self.notify(said.in_words(), timeout=15)
