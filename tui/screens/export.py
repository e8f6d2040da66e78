"""Export a recording into a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.content import Content

from agent import wire
from tui.exporting import export_to
from tui.screens.export_form import ExportForm, bar
from tui.screens.purpose import PurposeStated
from tui.text import _
from tui.widgets.list_status import grouped

_SUFFIXES = {wire.Medium.CALL: ".wav", wire.Medium.EMAIL: ".eml", wire.Medium.CHAT: ".txt"}


class ExportRecording(ExportForm[Path]):
    """Export one recording; returns where it went.

    Args:
        contact: What it belongs to.
        recording: What is exported.
        stated: The purpose.
    """

    TITLE_WORDS = _("Export the recording")
    WHY_WORDS = _("Why it has to leave the register")
    NO_REASON_WORDS = _("Say why it has to leave the register.")
    NOTE_WORDS = _("Enter writes the file, for your eyes only. The export and its reason stand in the log.")

    def __init__(self, contact: wire.ShownContact, recording: wire.Recording, stated: PurposeStated) -> None:
        super().__init__(suggested_name(contact))
        self._contact, self._recording, self._stated = contact, recording, stated

    def about(self) -> str:
        return _("purpose: {purpose}").format(purpose=self._stated.in_words())

    async def export(self, path: Path, reason: str, on_progress: Callable[[Content], None]) -> Path:
        await export_to(
            path,
            self.client,
            self._contact.id,
            self._recording,
            purpose=self._stated.purpose,
            reason=reason,
            case=self._stated.case,
            on_progress=lambda written: on_progress(progress_words(written, self._recording.size_bytes)),
        )
        return path


def suggested_name(contact: wire.ShownContact) -> str:
    """A name that tells nothing of the customer."""
    safe = "".join(letter for letter in contact.id if letter.isalnum() or letter in "-_")
    return f"{contact.started_at.astimezone():%Y%m%d-%H%M%S}-{safe}{_SUFFIXES[contact.medium]}"


def progress_words(written_bytes: int, size_bytes: int) -> Content:
    figures = _("{written} of {size} bytes").format(written=grouped(written_bytes), size=grouped(size_bytes))
    return bar(written_bytes, size_bytes, figures)
