"""Export what a search in the log finds into a file for an auditor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.content import Content

from tui import clock
from tui.exporting_log import export_log_to
from tui.screens.export_form import ExportForm, bar
from tui.text import _, ngettext
from tui.widgets.list_status import grouped


@dataclass(frozen=True)
class LogExported:
    """Where it went, and how many entries are in it."""

    path: Path
    entries: int

    def in_words(self) -> str:
        said = ngettext(
            "Written: {file}, {count} entry. Its first line holds the checkpoint and the log's key, "
            "each further line an entry with its proof.",
            "Written: {file}, {count} entries. Its first line holds the checkpoint and the log's key, "
            "each further line an entry with its proof.",
            self.entries,
        )
        return said.format(file=self.path, count=grouped(self.entries))


class ExportLog(ExportForm[LogExported]):
    """Args:
    query: The search.
    count: How many entries it finds at the moment.
    """

    TITLE_WORDS = _("Export the log for an auditor")
    WHY_WORDS = _("Why, and for whom")
    NO_REASON_WORDS = _("Say why, and for whom.")
    NOTE_WORDS = _(
        "The file holds each entry with its proof, the checkpoint and the log's key: an auditor checks it without "
        "our programs. Enter writes it. The export and its reason stand in the log."
    )

    def __init__(self, query: str, count: int) -> None:
        super().__init__(f"log-{clock.now().astimezone():%Y%m%d-%H%M%S}.jsonl")
        self._query, self._count = query, count

    def about(self) -> str:
        found = ngettext("{count} entry", "{count} entries", self._count).format(count=grouped(self._count))
        return f"{found}: {self._query}" if self._query else found

    async def export(self, path: Path, reason: str, on_progress: Callable[[Content], None]) -> LogExported:
        def progressed(written: int, whole: int) -> None:
            figures = _("{written} of {whole} entries").format(written=grouped(written), whole=grouped(whole))
            on_progress(bar(written, whole, figures))

        entries = await export_log_to(path, self.client, self._query, reason=reason, on_progress=progressed)
        return LogExported(path, entries)
