"""Find a contact: a search, the list it finds, and a preview of the row under the cursor."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from agent.errors import WrongUse
from agent.wire import Contact, ContactSort
from tui.commands import Command
from tui.query_terms import CONTACT_TERMS
from tui.screens.filter_form import FilterForm
from tui.screens.saved_searches import SavedSearches
from tui.screens.shell import ShellScreen
from tui.screens.sort_order import ORDER_WORDS, SortOrder
from tui.session import LiveSession
from tui.text import _, ngettext, sentence
from tui.widgets.contact_preview import ContactPreview
from tui.widgets.contacts_table import ContactSource, ContactsTable
from tui.widgets.list_status import ListStatus, grouped
from tui.widgets.query_line import QueryInput, QueryLine
from tui.widgets.record_table import RecordTable


class ContactsScreen(ShellScreen):
    """The first screen after signing in."""

    CSS_PATH = "contacts.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares it
    AUTO_FOCUS = "ContactsTable"
    TERMS = CONTACT_TERMS
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(action="search", key="slash", words=_("search"), help=_("Write a search."), hinted=True),
        Command(
            action="filter",
            key="f",
            words=_("filter"),
            help=_("Fill in a form that makes the search."),
            hinted=True,
        ),
        Command(
            action="saved",
            key="s",
            words=_("saved"),
            help=_("Choose a saved search, save this one, forget one."),
            hinted=True,
        ),
        Command(action="sort", key="S", words=_("order"), help=_("Order the list otherwise."), hinted=True),
        Command(
            action="everything",
            key="escape",
            words=_("all contacts"),
            help=_("Empty the search; the list shows everything again."),
        ),
    )

    def __init__(self) -> None:
        super().__init__()
        self._sort = ContactSort.NEWEST

    def compose_body(self) -> ComposeResult:
        yield QueryLine()
        with Container(id="found"):
            yield ContactsTable()
            yield ContactPreview()
        yield ListStatus()

    def on_mount(self) -> None:
        self._ask("")

    @property
    def table(self) -> ContactsTable:
        return self.query_one(ContactsTable)

    @property
    def line(self) -> QueryLine:
        return self.query_one(QueryLine)

    def _ask(self, query: str) -> None:
        self.line.set(query)
        self.table.show(ContactSource(self.client, query, self._sort))
        self.table.focus()

    # --- what comes
    # --------------------------------------------------------------------------------------------------

    def on_query_line_asked(self, message: QueryLine.Asked) -> None:
        self._ask(message.query)

    @on(QueryInput.Left)
    def _back_to_list(self) -> None:
        self.line.show_error("")
        self.table.focus()

    def on_record_table_failed(self, message: RecordTable.Failed[Contact]) -> None:
        if isinstance(message.error, WrongUse):
            message.stop()
            self.line.show_error(sentence(message.error))
            self.line.edit()

    def on_record_table_counted(self, message: RecordTable.Counted[Contact]) -> None:
        found = ngettext("{count} found", "{count} found", message.count).format(count=grouped(message.count))
        self.line.show_summary(f"{found} · {ORDER_WORDS[self._sort]}")
        self.query_one(ListStatus).show(self.table)

    def on_record_table_highlighted(self, message: RecordTable.Highlighted[Contact]) -> None:
        self.query_one(ContactPreview).contact = message.row
        self.query_one(ListStatus).show(self.table)

    def on_record_table_chosen(self, message: RecordTable.Chosen[Contact]) -> None:
        # The contact's screen brings the player with it, which the first picture need not wait for.
        from tui.screens.contact import ContactScreen

        self.app.push_screen(ContactScreen(message.row.id))

    def on_live_session_happened(self, message: LiveSession.Happened) -> None:
        if message.event.event == "contacts":
            self.table.count_newer()

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        self.table.retry_failed()
        self.table.count_newer()

    # --- commands
    # ----------------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        self.line.edit()

    def action_everything(self) -> None:
        if self.line.query_text:
            self._ask("")

    def action_filter(self) -> None:
        self.app.push_screen(FilterForm(self.line.query_text), self._ask_chosen)

    def action_saved(self) -> None:
        self.app.push_screen(SavedSearches(self.line.query_text), self._ask_chosen)

    def action_sort(self) -> None:
        self.app.push_screen(SortOrder(self._sort), self._sort_by)

    def _ask_chosen(self, query: str | None) -> None:
        if query is not None:
            self._ask(query)

    def _sort_by(self, sort: ContactSort | None) -> None:
        if sort is not None:
            self._sort = sort
            self.table.show(ContactSource(self.client, self.line.query_text, sort), keep_row=True)
