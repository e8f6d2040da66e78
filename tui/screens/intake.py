"""What is taken in, how fast, and what could not be: for those who keep it running."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from agent import wire
from agent.errors import AgentUnreachable, Conflict, EarwitnessError
from agent.wire import Capability, QuarantineItem
from tui import clock
from tui.commands import Command
from tui.screens.export_quarantined import ExportQuarantined
from tui.screens.quarantined import QuarantinedScreen
from tui.screens.retry import AskRetry
from tui.screens.shell import ShellScreen
from tui.screens.standing import AskWhatIsKnown, ChooseSource
from tui.screens.unmatched import UnmatchedScreen
from tui.session import LiveSession
from tui.text import _, ngettext, outside, sentence
from tui.widgets.contact_words import at_second
from tui.widgets.intake_words import intake_lines, intake_title, kept_words, reason_sentence, source_lines
from tui.widgets.list_status import ListStatus, grouped
from tui.widgets.minute_bars import MinuteBars
from tui.widgets.quarantine_commands import EXPORT, RETRY, why_not_with
from tui.widgets.quarantine_table import QuarantineSource, QuarantineTable
from tui.widgets.record_table import RecordTable
from tui.widgets.scan_bar import ScanBar
from tui.widgets.section import Section, Words

READ_AGAIN_S = 30.0
"""The minutes pass also when nothing happens."""
HIGH_ROWS = 30
"""From here on there is room for a line between what is wrong and the sources."""
SETTLE_S = 0.5
"""A burst of files is one occasion to look."""


class IntakeScreen(ShellScreen):
    """Where technical maintenance lives."""

    CSS_PATH = "intake.tcss"
    AUTO_FOCUS = "QuarantineTable"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (HIGH_ROWS, "-high")]  # noqa: RUF012 - Textual declares it so
    OFFERS: ClassVar[tuple[Command, ...]] = (
        RETRY,
        EXPORT,
        Command(
            action="unmatched",
            key="u",
            words=_("calls"),
            help=_("Calls without a recording, and recordings without a call, of the last days."),
            capability=Capability.INTAKE_READ,
            hinted=True,
        ),
        Command(
            action="acknowledge",
            key="A,a",
            words=_("acknowledge"),
            help=_("Say what is known about recordings in place that were changed or are gone."),
            capability=Capability.SOURCE_ACKNOWLEDGE,
            hinted=True,
        ),
    )

    class _Read(Message, bubble=False):
        def __init__(self, status: wire.IntakeStatus) -> None:
            super().__init__()
            self.status = status

    class _ReadFailed(Message, bubble=False):
        def __init__(self, error: EarwitnessError) -> None:
            super().__init__()
            self.error = error

    class _Retried(Message, bubble=False):
        def __init__(self, item: QuarantineItem) -> None:
            super().__init__()
            self.item = item

    class _Exported(Message, bubble=False):
        def __init__(self, path: Path) -> None:
            super().__init__()
            self.path = path

    class _Acknowledged(Message, bubble=False):
        """The agent has it in the log."""

    class _Outdated(Message, bubble=False):
        """What is shown is not so any more."""

    def __init__(self) -> None:
        super().__init__()
        self._quarantined: int | None = None
        self._standing: dict[str, wire.Standing] = {}
        """What recordings in place have become, by the name of their source."""
        self._read_at: datetime | None = None
        self._settling: Timer | None = None

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="now"):
            yield Section(_("Intake"), columns=1, id="state")
            yield Section("", columns=6, id="sources")
            yield ScanBar()
            yield MinuteBars()
        yield Static("", id="quarantine-title", markup=False)
        yield QuarantineTable()
        yield Static("", id="about", markup=False)
        yield ListStatus()

    def on_mount(self) -> None:
        self.query_one("#state", Section).show([], in_place=_("Reading …"))
        self.set_interval(READ_AGAIN_S, self._read, name="minutes pass")
        self.table.show(QuarantineSource(self.client))
        self._read()

    @property
    def table(self) -> QuarantineTable:
        return self.query_one(QuarantineTable)

    # --- asking (workers: they post, and touch nothing)
    # ------------------------------------------------------------

    def _read(self) -> None:
        self._settling = None
        self.run_worker(self._read_status(), name="read intake", group="intake", exclusive=True)

    async def _read_status(self) -> None:
        try:
            self.post_message(self._Read(await self.client.intake()))
        except EarwitnessError as error:
            self.post_message(self._ReadFailed(error))

    async def _look(self, item: QuarantineItem) -> None:
        chosen = await self.app.push_screen_wait(QuarantinedScreen(item))
        if chosen == RETRY.action:
            await self._retry(item)
        elif chosen == EXPORT.action:
            await self._export(item)

    async def _export(self, item: QuarantineItem) -> None:
        path = await self.app.push_screen_wait(ExportQuarantined(item))
        if path is not None:
            self.post_message(self._Exported(path))

    async def _retry(self, item: QuarantineItem) -> None:
        if await self.app.push_screen_wait(AskRetry(item)):
            await self.client.retry_quarantined(item.id)
            self.post_message(self._Retried(item))

    async def _acknowledge(self) -> None:
        standing = self._standing
        source = next(iter(standing), None)
        if len(standing) > 1:
            source = await self.app.push_screen_wait(ChooseSource(standing))
        if source is None:
            return
        reason = await self.app.push_screen_wait(AskWhatIsKnown(source, standing[source]))
        if reason is None:
            return
        try:
            await self.client.acknowledge_standing(source, standing[source], reason=reason)
        except Conflict:
            self.post_message(self._Outdated())
            raise
        self.post_message(self._Acknowledged())

    # --- what comes
    # ------------------------------------------------------------------------------------------------

    def on_intake_screen__read(self, message: _Read) -> None:
        status, now = message.status, clock.now()
        self._read_at = now
        self.query_one("#state", Section).show(intake_lines(status), title=intake_title(status))
        sources = source_lines(status.sources, now)
        self.query_one("#sources", Section).show(sources, in_place=_("No source is configured."))
        self.query_one(ScanBar).scan = status.scan
        self.query_one(MinuteBars).counts = tuple(status.by_minute)
        title = ngettext("Quarantine: {count} file", "Quarantine: {count} files", status.quarantined)
        self.query_one("#quarantine-title", Static).update(outside(title.format(count=grouped(status.quarantined))))
        if self._quarantined not in (None, status.quarantined):
            self.table.reread()
        self._quarantined = status.quarantined
        self._standing = {source.name: source.standing for source in status.sources if source.standing is not None}
        self.refresh_bindings()

    def on_intake_screen__read_failed(self, message: _ReadFailed) -> None:
        error = message.error
        lines = [(Words(_("! Not known: {why}").format(why=sentence(error)), "error"),)]
        if not isinstance(error, AgentUnreachable):
            self.query_one("#sources", Section).show([], in_place="–")
        elif self._read_at is not None:
            known = _("What stands below was so at {at}.").format(at=at_second(self._read_at))
            lines.append((Words(known, "warning"),))
        self.query_one("#state", Section).show(lines, title=_("Intake"))

    def on_intake_screen__retried(self, message: _Retried) -> None:
        self.notify(_("{id} is read once more.").format(id=message.item.id))
        self.table.reread()
        self._read()

    def on_intake_screen__exported(self, message: _Exported) -> None:
        self.notify(_("Exported to {file}").format(file=message.path), timeout=15)

    def on_intake_screen__acknowledged(self, message: _Acknowledged) -> None:
        self.notify(_("Acknowledged. It stands in the log with your reason."))
        self._read()

    def on_intake_screen__outdated(self, message: _Outdated) -> None:
        self._read()

    def on_live_session_happened(self, message: LiveSession.Happened) -> None:
        if message.event.event == "intake" and self._settling is None:
            self._settling = self.set_timer(SETTLE_S, self._read)

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        self.table.retry_failed()
        self._read()

    def on_record_table_counted(self, message: RecordTable.Counted[QuarantineItem]) -> None:
        self.query_one(ListStatus).show(self.table)

    def on_record_table_highlighted(self, message: RecordTable.Highlighted[QuarantineItem]) -> None:
        self.query_one(ListStatus).show(self.table)
        self.query_one("#about", Static).update(outside(_about(message.row)))
        self.refresh_bindings()

    def on_record_table_chosen(self, message: RecordTable.Chosen[QuarantineItem]) -> None:
        self.run_worker(self._look(message.row), name="look", group="item", exclusive=True)

    # --- commands
    # --------------------------------------------------------------------------------------------------

    def why_not(self, command: Command) -> str | None:
        selected = self.table.selected if self.is_mounted else None
        why_not = super().why_not(command) or why_not_with(command, selected)
        if why_not is None and command.action == "acknowledge" and not self._standing:
            return _("Nothing is to be acknowledged: no recording in place was changed or is gone.")
        return why_not

    def action_retry(self) -> None:
        item = self.table.selected
        if item is not None:
            self.run_worker(self._retry(item), name="retry", group="item", exclusive=True)

    def action_export(self) -> None:
        item = self.table.selected
        if item is not None:
            self.run_worker(self._export(item), name="export", group="item", exclusive=True)

    def action_unmatched(self) -> None:
        self.app.push_screen(UnmatchedScreen())

    def action_acknowledge(self) -> None:
        self.run_worker(self._acknowledge(), name="acknowledge", group="acknowledge", exclusive=True)


def _about(item: QuarantineItem | None) -> str:
    """The selected file in full."""
    if item is None:
        return ""
    detail = f" ({item.detail})" if item.detail else ""
    return f"{item.id}  {item.source_name}: {reason_sentence(item.reason)}{detail} · {kept_words(item)}"
