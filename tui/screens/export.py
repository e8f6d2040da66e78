"""Export a recording: where to, why, how far it has come, and where it went."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from agent import wire
from agent.errors import EarwitnessError, NotSignedIn
from tui import new_file
from tui.exporting import export_to
from tui.screens.purpose import PurposeStated
from tui.screens.shell import Dialog
from tui.text import _, outside, sentence
from tui.widgets.list_status import grouped

BAR_CELLS = 40
REASON_LENGTH = 500
_SUFFIXES = {wire.Medium.CALL: ".wav", wire.Medium.EMAIL: ".eml", wire.Medium.CHAT: ".txt"}


class ExportRecording(Dialog[Path]):
    """Export one recording; returns where it went.

    Args:
        contact: What it belongs to.
        recording: What is exported.
        stated: The purpose.
    """

    CSS_PATH: ClassVar[str] = "export.tcss"

    class Progressed(Message):
        def __init__(self, written_bytes: int) -> None:
            super().__init__()
            self.written_bytes = written_bytes

    class Written(Message):
        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class NotWritten(Message):
        """Nothing remains of it; `why` is a sentence."""

        def __init__(self, why: str) -> None:
            super().__init__()
            self.why = why

    def __init__(self, contact: wire.ShownContact, recording: wire.Recording, stated: PurposeStated) -> None:
        super().__init__()
        self._contact, self._recording, self._stated = contact, recording, stated
        self._is_writing = False

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Label(_("Export the recording"), classes="title", markup=False)
            yield Label(_("File, on the machine where this program runs"), classes="label", markup=False)
            yield Input(str(Path.cwd() / suggested_name(self._contact)), id="path")
            yield Label(_("Why it has to leave the register"), classes="label", markup=False)
            yield Input(id="reason", max_length=REASON_LENGTH)
            purpose = _("purpose: {purpose}").format(purpose=self._stated.in_words())
            yield Label(outside(purpose), classes="note")
            yield Label(
                _("Enter writes the file, for your eyes only. The export and its reason stand in the log."),
                classes="note",
                markup=False,
            )
            yield Label("", id="progress", markup=False)
            yield Label("", classes="error", markup=False)

    def on_mount(self) -> None:
        self.query_one("#reason", Input).focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        path, reason = (self.query_one(name, Input).value.strip() for name in ("#path", "#reason"))
        if self._is_writing:
            return
        if not path:
            self._refuse(_("Name a file."))
        elif not reason:
            self._refuse(_("Say why it has to leave the register."))
            self.query_one("#reason", Input).focus()
        else:
            self._refuse("")
            self._is_writing = True
            self.run_worker(self._write(Path(path).expanduser(), reason), name="export", group="export", exclusive=True)

    async def _write(self, path: Path, reason: str) -> None:
        try:
            await export_to(
                path,
                self.client,
                self._contact.id,
                self._recording,
                purpose=self._stated.purpose,
                reason=reason,
                case=self._stated.case,
                on_progress=self._progressed,
            )
        except NotSignedIn:
            raise
        except EarwitnessError as error:
            self.post_message(self.NotWritten(sentence(error)))
        except new_file.NotWritten as error:
            self.post_message(self.NotWritten(str(error)))
        else:
            self.post_message(self.Written(path))

    def _progressed(self, written_bytes: int) -> None:
        self.post_message(self.Progressed(written_bytes))

    def on_export_recording_progressed(self, message: Progressed) -> None:
        self.query_one("#progress", Label).update(progress_words(message.written_bytes, self._recording.size_bytes))

    def on_export_recording_written(self, message: Written) -> None:
        self.dismiss(message.path)

    def on_export_recording_not_written(self, message: NotWritten) -> None:
        self._is_writing = False
        self.query_one("#progress", Label).update("")
        self._refuse(message.why)

    def _refuse(self, why: str) -> None:
        error = self.query_one(".error", Label)
        error.update(outside(why))
        error.set_class(bool(why), "-shown")


def suggested_name(contact: wire.ShownContact) -> str:
    """A name that tells nothing of the customer."""
    safe = "".join(letter for letter in contact.id if letter.isalnum() or letter in "-_")
    return f"{contact.started_at.astimezone():%Y%m%d-%H%M%S}-{safe}{_SUFFIXES[contact.medium]}"


def progress_words(written_bytes: int, size_bytes: int) -> Content:
    """A bar of glyphs that every console has, and the figures."""
    full = BAR_CELLS * min(written_bytes, size_bytes) // max(1, size_bytes)
    figures = _("{written} of {size} bytes").format(written=grouped(written_bytes), size=grouped(size_bytes))
    return Content.assemble(("█" * full, "$primary"), ("░" * (BAR_CELLS - full), "$text-muted"), " ", figures)
