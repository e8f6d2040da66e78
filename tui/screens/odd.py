"""What is odd in the log, to look into and to acknowledge; returns the search that shows a finding's entries."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from agent.client import clean
from agent.wire import Capability, Odd
from tui.commands import Command
from tui.screens.remark import AskRemark
from tui.screens.shell import AsideScreen
from tui.session import LiveSession
from tui.text import _, ngettext, outside
from tui.widgets.list_status import ListStatus, grouped
from tui.widgets.log_state import LogStateLine
from tui.widgets.odd_table import OddSource, OddTable
from tui.widgets.odd_words import acknowledged_words, odd_sentence
from tui.widgets.record_table import RecordTable


class OddScreen(AsideScreen[str]):
    """A list, and under it the selected finding in full."""

    CSS_PATH = "odd.tcss"
    AUTO_FOCUS = "OddTable"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="acknowledge",
            key="A",
            words=_("acknowledge"),
            help=_("Say what was found out about it; who, when and the remark stand in the log."),
            capability=Capability.AUDIT_READ,
            hinted=True,
        ),
        Command(
            action="acknowledged",
            key="a",
            words=_("acknowledged too"),
            help=_("Show also what was acknowledged, with who, when and the remark; or hide it again."),
            hinted=True,
        ),
    )

    class _Acknowledged(Message, bubble=False):
        """The agent has it in the log."""

    def __init__(self) -> None:
        super().__init__()
        self._with_acknowledged = False
        self._unacknowledged: int | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(_("What is odd"), id="title", markup=False)
        yield OddTable()
        yield Static("", id="about", markup=False)
        yield ListStatus()
        yield LogStateLine()

    def on_mount(self) -> None:
        self._read()

    @property
    def table(self) -> OddTable:
        return self.query_one(OddTable)

    def _read(self, *, keep_row: bool = False) -> None:
        self.table.show(OddSource(self.client, with_acknowledged=self._with_acknowledged), keep_row=keep_row)

    async def _acknowledge(self, odd: Odd) -> None:
        remark = await self.app.push_screen_wait(AskRemark(odd))
        if remark is not None:
            await self.client.acknowledge(odd.id, remark)
            self.post_message(self._Acknowledged())

    # --- what comes
    # ------------------------------------------------------------------------------------------------

    def on_odd_screen__acknowledged(self, message: _Acknowledged) -> None:
        self.notify(_("Acknowledged. It stands in the log with your remark."))
        self.table.reread()
        self.query_one(LogStateLine).ask()

    def on_record_table_counted(self, message: RecordTable.Counted[Odd]) -> None:
        self.query_one(ListStatus).show(self.table)
        words = _("What is odd")
        if message.count:
            found = ngettext("{count} finding", "{count} findings", message.count)
            words = f"{words}: {found.format(count=grouped(message.count))}"
        self.query_one("#title", Static).update(outside(words))

    def on_record_table_highlighted(self, message: RecordTable.Highlighted[Odd]) -> None:
        self.query_one(ListStatus).show(self.table)
        self.query_one("#about", Static).update(Content(clean(about(message.row))))
        self.refresh_bindings()

    def on_record_table_chosen(self, message: RecordTable.Chosen[Odd]) -> None:
        self.dismiss(message.row.query)

    def on_log_state_line_read(self, message: LogStateLine.Read) -> None:
        """Findings that have come are counted, and shown when they are asked for."""
        if self._unacknowledged not in (None, message.state.odd):
            self.table.count_newer()
        self._unacknowledged = message.state.odd

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        self.table.retry_failed()

    # --- commands
    # --------------------------------------------------------------------------------------------------

    def why_not(self, command: Command) -> str | None:
        if command.action == "acknowledge" and self.is_mounted:
            odd = self.table.selected
            if odd is None:
                return _("Nothing odd is selected.")
            if odd.acknowledged is not None:
                return _("It was acknowledged already, by {who}.").format(who=odd.acknowledged.by)
        return super().why_not(command)

    def action_acknowledge(self) -> None:
        odd = self.table.selected
        if odd is not None:
            self.run_worker(self._acknowledge(odd), name="acknowledge", group="acknowledge", exclusive=True)

    def action_acknowledged(self) -> None:
        self._with_acknowledged = not self._with_acknowledged
        self._read(keep_row=True)


def about(odd: Odd | None) -> str:
    """The selected finding in full."""
    if odd is None:
        return ""
    return "\n".join(part for part in (odd_sentence(odd), acknowledged_words(odd)) if part)
