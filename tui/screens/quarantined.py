"""One quarantined file, whole: why it lies there, and what can be done; returns the action that was chosen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from agent import wire
from tui.commands import Command
from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.contact_words import at_second, zone_words
from tui.widgets.intake_words import NEVER, kept_words, next_step, reason_sentence, size_words
from tui.widgets.key_hints import KeyHints
from tui.widgets.list_status import grouped
from tui.widgets.quarantine_commands import EXPORT, RETRY, why_not_with
from tui.widgets.section import Line, Section, Words


class QuarantinedScreen(Dialog[str]):
    """Everything that is known of the file."""

    CSS_PATH = "quarantined.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (RETRY, EXPORT)

    def __init__(self, item: wire.QuarantineItem) -> None:
        super().__init__()
        self._item = item

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box"):
            yield Section(_("Quarantined file {id}").format(id=self._item.id), columns=2)
        yield KeyHints()

    def on_mount(self) -> None:
        self.query_one(Section).show(item_lines(self._item))
        self.query_one(".box").focus()

    def why_not(self, command: Command) -> str | None:
        return super().why_not(command) or why_not_with(command, self._item)

    def action_retry(self) -> None:
        self.dismiss(RETRY.action)

    def action_export(self) -> None:
        self.dismiss(EXPORT.action)


def item_lines(item: wire.QuarantineItem) -> list[Line]:
    """A line for each fact: what it is, and what it says."""
    size = size_words(item.size_bytes)
    exact = _("{count} bytes").format(count=grouped(item.size_bytes))
    facts = [
        (_("why"), Words(reason_sentence(item.reason), "warning")),
        (_("what to do"), Words(next_step(item.reason, item.detail) or NEVER)),
        (_("detail"), Words(item.detail or NEVER)),
        (_("file"), Words(item.source_name)),
        (_("source"), Words(item.source)),
        (_("since"), Words(f"{at_second(item.at)} {zone_words(item.at)}")),
        (_("size"), Words(exact if item.size_bytes < 1000 else f"{size} ({exact})")),
        (_("kept"), Words(kept_words(item))),
        ("SHA-256", Words(item.sha256 or NEVER)),
    ]
    return [(Words(label, "muted"), said) for label, said in facts]
