"""Export the untouched file of a quarantined item, for its recorder's vendor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Label

from agent import wire
from agent.wire import Purpose
from tui.exporting import export_quarantined_to
from tui.purpose_words import purpose_word
from tui.screens.export import progress_words
from tui.screens.export_form import ExportForm
from tui.session import session_of
from tui.text import _
from tui.widgets.choice import Choice
from tui.widgets.intake_words import reason_sentence, size_words

SUFFIXES = frozenset({".wav", ".mp3", ".gsm", ".ogg", ".xml", ".json", ".csv", ".txt"})
OTHER_SUFFIX = ".bin"


class ExportQuarantined(ExportForm[Path]):
    """Export one file; returns where it went."""

    TITLE_WORDS = _("Export the untouched file")
    WHY_WORDS = _("Why, and for whom")
    NO_REASON_WORDS = _("Say why, and for whom.")
    NOTE_WORDS = _("It may hold a customer's voice. Enter writes it, for your eyes only. It stands in the log.")

    def __init__(self, item: wire.QuarantineItem) -> None:
        super().__init__(suggested_name(item))
        self._item = item

    def about(self) -> str:
        return f"{self._item.id}, {size_words(self._item.size_bytes)}: {reason_sentence(self._item.reason)}"

    def compose_more(self) -> ComposeResult:
        me = session_of(self).me
        purposes = {purpose.value: purpose_word(purpose.value) for purpose in (me.purposes if me else list(Purpose))}
        yield Label(_("Purpose: shift+tab, then ← →"), classes="label", markup=False)
        yield Choice(purposes, chosen=Purpose.QUALITY.value)

    async def export(self, path: Path, reason: str, on_progress: Callable[[Content], None]) -> Path:
        await export_quarantined_to(
            path,
            self.client,
            self._item,
            purpose=Purpose(self.query_one(Choice).chosen),
            reason=reason,
            on_progress=lambda written: on_progress(progress_words(written, self._item.size_bytes)),
        )
        return path


def suggested_name(item: wire.QuarantineItem) -> str:
    """A name that tells nothing of the customer: the source's own file name often holds the number."""
    safe = "".join(letter for letter in item.id if letter.isalnum() or letter in "-_")
    suffix = PurePosixPath(item.source_name).suffix.lower()
    return f"quarantined-{item.at.astimezone():%Y%m%d-%H%M%S}-{safe}{suffix if suffix in SUFFIXES else OTHER_SUFFIX}"
