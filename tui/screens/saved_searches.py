"""The saved searches, which the agent keeps for each account: choose one, save one, forget one."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from agent import wire
from agent.client import clean
from agent.errors import EarwitnessError
from tui.commands import Command
from tui.screens.shell import Dialog
from tui.text import _, sentence
from tui.widgets.choice_list import ChoiceList
from tui.widgets.key_hints import KeyHints


class SavedSearches(Dialog[str]):
    """It returns the query that was chosen."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(action="choose", key="enter", words=_("choose"), help=_("Search for it."), hinted=True),
        Command(
            action="name",
            key="S",
            words=_("save this one"),
            help=_("Give the present search a name."),
            hinted=True,
        ),
        Command(action="forget", key="X", words=_("forget"), help=_("Forget the selected search."), hinted=True),
    )

    class Loaded(Message, bubble=False):
        """The agent has said what it keeps."""

        def __init__(self, searches: list[wire.SavedSearch]) -> None:
            super().__init__()
            self.searches = searches

    class Refused(Message, bubble=False):
        """The agent did not do it."""

        def __init__(self, error: EarwitnessError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, present: str) -> None:
        super().__init__()
        self._present = present
        self._searches: list[wire.SavedSearch] = []

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(_("Saved searches"), classes="title", markup=False)
            yield ChoiceList(markup=False)
            yield Static(_("Reading …"), classes="note", markup=False)
            yield Static("", classes="error", markup=False)
            yield Input(placeholder=_("a name for the present search, then Enter"), max_length=60, id="name")
        yield KeyHints()

    def on_mount(self) -> None:
        self.query_one("#name").display = False
        self._start(self._load())

    def why_not(self, command: Command) -> str | None:
        if command.action in ("choose", "forget") and self._selected is None:
            return _("No search is selected.")
        if command.action == "name" and not self._present:
            return _("The present search is empty: it lists everything.")
        return super().why_not(command)

    @property
    def _selected(self) -> wire.SavedSearch | None:
        index = self.query_one(OptionList).highlighted
        return None if index is None or index >= len(self._searches) else self._searches[index]

    # --- asking
    # ----------------------------------------------------------------------------------------------------

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self.run_worker(work, name="saved searches", group="searches", exclusive=True)

    async def _load(self) -> None:
        try:
            self.post_message(self.Loaded(await self.client.saved_searches()))
        except EarwitnessError as error:
            self.post_message(self.Refused(error))

    async def _save(self, name: str) -> None:
        try:
            await self.client.save_search(name, self._present)
        except EarwitnessError as error:
            self.post_message(self.Refused(error))
        else:
            await self._load()

    async def _forget(self, name: str) -> None:
        try:
            await self.client.forget_search(name)
        except EarwitnessError as error:
            self.post_message(self.Refused(error))
        else:
            await self._load()

    def on_saved_searches_loaded(self, message: Loaded) -> None:
        self._searches = message.searches
        choices = self.query_one(OptionList)
        choices.set_options(Option(_search_words(search)) for search in message.searches)
        choices.highlighted = 0 if message.searches else None
        note = self.query_one(".note", Static)
        note.update(Content(_("None is saved yet. S saves the present search.")))
        note.display = not message.searches
        self.query_one(".error").remove_class("-shown")
        self.refresh_bindings()

    def on_saved_searches_refused(self, message: Refused) -> None:
        self.query_one(".note").display = False
        line = self.query_one(".error", Static)
        line.update(Content(sentence(message.error)))
        line.add_class("-shown")

    # --- commands
    # --------------------------------------------------------------------------------------------------

    @on(OptionList.OptionSelected)
    def action_choose(self) -> None:
        if self._selected is not None:
            self.dismiss(self._selected.query)

    def action_name(self) -> None:
        name = self.query_one("#name", Input)
        name.display = True
        name.focus()

    def action_forget(self) -> None:
        search = self._selected
        if search is not None:
            words = _("Forgotten: {name} ({query})").format(name=search.name, query=search.query)
            self.notify(words)
            self._start(self._forget(search.name))

    @on(Input.Submitted)
    def _save_under(self, message: Input.Submitted) -> None:
        if message.value.strip():
            self._start(self._save(message.value.strip()))
            message.input.value = ""
            message.input.display = False
            self.query_one(OptionList).focus()


def _search_words(search: wire.SavedSearch) -> Content:
    return Content(f"{clean(search.name)}   {clean(search.query)}")
