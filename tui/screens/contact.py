"""One contact: heard, read and noted.

It owns what is asked of the agent about one contact. Sound lies in `tui.widgets.listening`, words in
`tui.widgets.contact_facts`. What the agent refuses or finds broken is said in words where its answer would stand.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from agent import wire
from agent.client import clean
from agent.errors import EarwitnessError, NotSignedIn
from tui.commands import Command
from tui.screens.export import ExportRecording
from tui.screens.note import AskNote, AskTag
from tui.screens.shell import ShellScreen
from tui.text import _, outside, pgettext, sentence
from tui.widgets.contact_facts import fact_lines, headline, note_lines, recording_lines
from tui.widgets.heard_by import heard_lines
from tui.widgets.listening import Listening
from tui.widgets.section import Section
from tui.widgets.waveform import LEG_ROWS, Waveform

HIGH_ROWS = 32
"""From this height on the waveform has more rows."""
HIGH_LEG_ROWS = 4
ENTRIES_READ = 200


class ContactScreen(ShellScreen):
    """Everything about one contact.

    Args:
        contact_id: Of the contact.
    """

    CSS_PATH = "contact.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares it so
    VERTICAL_BREAKPOINTS = [(0, "-low"), (HIGH_ROWS, "-high")]  # noqa: RUF012 - the same
    AUTO_FOCUS = "Listening"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(action="back", key="escape", words=_("back"), help=_("Back to the list."), hinted=True),
        Command(
            action="note",
            key="n",
            words=pgettext("key hint", "note"),
            help=_("Write a note about this moment."),
            capability=wire.Capability.CONTACT_ANNOTATE,
            hinted=True,
        ),
        Command(
            action="tag",
            key="t",
            words=_("tag"),
            help=_("Add a tag, or take one off."),
            capability=wire.Capability.CONTACT_ANNOTATE,
            hinted=True,
        ),
        Command(
            action="export",
            key="E",
            words=_("export"),
            help=_("Write the recording to a file."),
            capability=wire.Capability.CONTACT_EXPORT,
            hinted=True,
        ),
        Command(
            action="next_recording",
            key="v",
            words=_("next recording"),
            help=_("Take up the next recording of this contact."),
        ),
        Command(action="reload", key="r", words=_("read again"), help=_("Ask the agent once more.")),
        Command(action="scroll(-1)", key="up,k", words=_("up"), help=_("Scroll up."), in_palette=False),
        Command(action="scroll(1)", key="down,j", words=_("down"), help=_("Scroll down."), in_palette=False),
        Command(action="scroll(-10)", key="pageup", words=_("page up"), help=_("Scroll up."), in_palette=False),
        Command(action="scroll(10)", key="pagedown", words=_("page down"), help=_("Scroll down."), in_palette=False),
    )

    class ContactCame(Message):
        def __init__(self, contact: wire.ShownContact) -> None:
            super().__init__()
            self.contact = contact

    class ContactFailed(Message):
        def __init__(self, error: EarwitnessError) -> None:
            super().__init__()
            self.error = error

    class EntriesCame(Message):
        def __init__(self, entries: list[wire.Entry]) -> None:
            super().__init__()
            self.entries = entries

    class EntriesFailed(Message):
        def __init__(self, error: EarwitnessError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, contact_id: str) -> None:
        super().__init__()
        self._contact_id = contact_id
        self._contact: wire.ShownContact | None = None
        self._recording: wire.Recording | None = None

    def compose_body(self) -> ComposeResult:
        yield Static("", id="headline", markup=False)
        yield Static("", id="trouble", markup=False)
        yield Listening()
        with VerticalScroll(id="details", can_focus=False), Container(id="columns"):
            with Vertical(id="facts-column"):
                yield Section(_("Facts, and what they were read from"), columns=3, id="facts")
            with Vertical(id="notes-column"):
                yield Section(_("Notes, tags and cases"), columns=3, id="notes")
                yield Section(_("Recordings"), columns=2, id="recordings")
                if self._may_read_log:
                    yield Section(_("Who heard it"), columns=3, id="heard-by")

    def on_mount(self) -> None:
        self._say_headline(_("Loading the contact …"))
        if self._may_read_log:
            self.query_one("#heard-by", Section).show((), in_place=_("Reading the log …"))
        self.action_reload()

    def on_resize(self) -> None:
        rows = HIGH_LEG_ROWS if self.size.height >= HIGH_ROWS else LEG_ROWS
        self.query_one(Waveform).leg_rows = rows

    @property
    def listening(self) -> Listening:
        return self.query_one(Listening)

    @property
    def _may_read_log(self) -> bool:
        return self.live.me is not None and wire.Capability.AUDIT_READ in self.live.me.capabilities

    # --- asking the agent --------------------------------------------------------------------------------------

    async def _load(self) -> None:
        try:
            contact = await self.client.contact(self._contact_id)
        except NotSignedIn:
            raise
        except EarwitnessError as error:
            self.post_message(self.ContactFailed(error))
        else:
            self.post_message(self.ContactCame(contact))

    async def _load_entries(self) -> None:
        try:
            page = await self.client.audit(f"contact:{self._contact_id}", limit=ENTRIES_READ)
        except NotSignedIn:
            raise
        except EarwitnessError as error:
            self.post_message(self.EntriesFailed(error))
        else:
            self.post_message(self.EntriesCame(page.items))

    # --- what comes --------------------------------------------------------------------------------------------

    def on_contact_screen_contact_came(self, message: ContactCame) -> None:
        contact = message.contact
        self._contact = contact
        self.query_one("#trouble").display = False
        self.query_one("#details").display = True
        self._say_headline(headline(contact))
        self.query_one("#facts", Section).show(fact_lines(contact))
        self.query_one("#notes", Section).show(note_lines(contact), in_place=_("Nothing was noted yet."))
        if self._recording is None:
            self._take_up(contact.recordings[0] if contact.recordings else None)
        else:
            self.listening.mark_notes(contact.noted)
            self._show_recordings()
        self.refresh_bindings()

    def on_contact_screen_contact_failed(self, message: ContactFailed) -> None:
        self._say_headline("")
        trouble = self.query_one("#trouble", Static)
        trouble.update(outside(sentence(message.error)))
        trouble.display = True
        if self._contact is None:
            self.query_one("#details").display = False
            self.listening.show_nothing("")

    def on_contact_screen_entries_came(self, message: EntriesCame) -> None:
        lines = heard_lines(message.entries)
        self.query_one("#heard-by", Section).show(lines, in_place=_("Nobody has heard it yet."))

    def on_contact_screen_entries_failed(self, message: EntriesFailed) -> None:
        self.query_one("#heard-by", Section).show((), in_place=sentence(message.error))

    def _say_headline(self, words: str) -> None:
        line = Content.assemble(("‹ ", "$text-muted"), (clean(words), "bold"))
        self.query_one("#headline", Static).update(line)

    def _take_up(self, recording: wire.Recording | None) -> None:
        self._recording = recording
        if recording is None or self._contact is None:
            self.listening.show_nothing(_("This contact has no recording."))
        else:
            self.listening.show(self._contact, recording)
        self._show_recordings()

    def _show_recordings(self) -> None:
        if self._contact is not None:
            lines = recording_lines(self._contact, self._recording)
            self.query_one("#recordings", Section).show(lines, in_place=_("This contact has no recording."))

    # --- commands ----------------------------------------------------------------------------------------------

    def why_not(self, command: Command) -> str | None:
        needs_contact = command.action in ("note", "tag", "export", "next_recording")
        if needs_contact and self._contact is None:
            return _("The contact is not there.")
        if command.action == "export" and self._recording is None:
            return _("This contact has no recording.")
        if command.action == "next_recording" and self._contact and len(self._contact.recordings) < 2:
            return _("This contact has no other recording.")
        return super().why_not(command)

    def action_back(self) -> None:
        self.app.pop_screen()

    def action_reload(self) -> None:
        self.run_worker(self._load(), name="contact", group="contact", exclusive=True)
        if self._may_read_log:
            self.run_worker(self._load_entries(), name="who heard it", group="heard by", exclusive=True)

    def action_scroll(self, lines: int) -> None:
        self.query_one("#details").scroll_relative(y=lines, animate=False)

    def action_next_recording(self) -> None:
        if self._contact is not None and self._recording is not None:
            recordings = self._contact.recordings
            here = [recording.id for recording in recordings].index(self._recording.id)
            self._take_up(recordings[(here + 1) % len(recordings)])

    def action_note(self) -> None:
        self.run_worker(self._note(), name="note", group="annotate", exclusive=True)

    def action_tag(self) -> None:
        self.run_worker(self._tag(), name="tag", group="annotate", exclusive=True)

    def action_export(self) -> None:
        self.run_worker(self._export(), name="export", group="export", exclusive=True)

    async def _note(self) -> None:
        position_s = self.listening.position_s
        text = await self.app.push_screen_wait(AskNote(position_s))
        if text is not None:
            await self.client.add_note(self._contact_id, text, position_s=position_s)
            await self._load()

    async def _tag(self) -> None:
        tag = await self.app.push_screen_wait(AskTag())
        if tag is None or self._contact is None:
            return
        if tag in self._contact.tags:
            await self.client.remove_tag(self._contact_id, tag)
        else:
            await self.client.add_tag(self._contact_id, tag)
        await self._load()

    async def _export(self) -> None:
        contact, recording = self._contact, self._recording
        stated = await self.listening.stated_purpose()
        if stated is None or contact is None or recording is None:
            return
        path = await self.app.push_screen_wait(ExportRecording(contact, recording, stated))
        if path is not None:
            self.notify(_("Exported to {file}").format(file=path), timeout=15)
