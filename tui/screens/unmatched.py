"""Calls without a recording, and recordings without a call, by the telephone systems' own records."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static

from agent import wire
from agent.errors import EarwitnessError, NotSignedIn
from tui.screens.shell import AsideScreen
from tui.session import LiveSession
from tui.text import _, outside, sentence
from tui.widgets.section import Section, Words
from tui.widgets.unmatched_words import UNMATCHED_COLUMNS, fitting_words, source_title, unmatched_lines


class UnmatchedScreen(AsideScreen[None]):
    """A part for each source that has call records."""

    CSS_PATH = "unmatched.tcss"
    AUTO_FOCUS = "#parts"

    class _Read(Message, bubble=False):
        def __init__(self, found: wire.Unmatched) -> None:
            super().__init__()
            self.found = found

    class _ReadFailed(Message, bubble=False):
        def __init__(self, error: EarwitnessError) -> None:
            super().__init__()
            self.error = error

    def __init__(self) -> None:
        super().__init__()
        self._is_read = False

    def compose_body(self) -> ComposeResult:
        yield Static(_("Calls and recordings that do not fit together"), id="title", markup=False)
        with VerticalScroll(id="parts"):
            yield Section("", columns=1, id="state")

    def on_mount(self) -> None:
        self.query_one("#state", Section).show([], in_place=_("Reading …"))
        self._read()

    def _read(self) -> None:
        self.run_worker(self._ask(), name="read unmatched", group="unmatched", exclusive=True)

    async def _ask(self) -> None:
        try:
            self.post_message(self._Read(await self.client.unmatched()))
        except NotSignedIn:
            raise
        except EarwitnessError as error:
            self.post_message(self._ReadFailed(error))

    def on_unmatched_screen__read(self, message: _Read) -> None:
        found, state = message.found, self.query_one("#state", Section)
        self._is_read = True
        title = _("Calls and recordings that do not fit together, the last {days} days").format(days=found.days)
        self.query_one("#title", Static).update(outside(title))
        state.display = not found.sources
        state.show([], in_place=_("No source says where the records of its calls are (call_records)."))
        parts = self.query_one("#parts", VerticalScroll)
        parts.remove_children(".source")
        for source in found.sources:
            part = Section(source_title(source), columns=1 if source.trouble else UNMATCHED_COLUMNS)
            part.add_class("source")
            parts.mount(part)
            part.show(unmatched_lines(source), in_place=fitting_words(source))

    def on_unmatched_screen__read_failed(self, message: _ReadFailed) -> None:
        words = _("! Not known: {why}").format(why=sentence(message.error))
        state = self.query_one("#state", Section)
        state.display = True
        state.show([(Words(words, "error"),)])

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        if not self._is_read:
            self._read()
