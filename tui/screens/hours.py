"""When the entries of a search happened, by weekday and hour; returns the search in an hour that was chosen."""

from __future__ import annotations

from datetime import date, timedelta, tzinfo
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from agent import wire
from agent.client import clean
from agent.errors import EarwitnessError, NotSignedIn
from tui import clock
from tui.commands import Command
from tui.log_queries import in_hour
from tui.screens.hour_day import AskDay
from tui.screens.shell import AsideScreen
from tui.session import LiveSession
from tui.text import _, ngettext
from tui.widgets.heat_map import HeatMap
from tui.widgets.list_state import ListState
from tui.widgets.list_status import grouped
from tui.widgets.log_state import LogStateLine
from tui.widgets.section import Section, Words
from tui.widgets.weekday_words import weekday_words


class HoursScreen(AsideScreen[str]):
    """Args:
    query: The search whose entries are counted.
    """

    CSS_PATH = "hours.tcss"
    AUTO_FOCUS = "HeatMap"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(action="reread", key="r", words=_("refresh"), help=_("Count again."), hinted=True),
    )

    class _Counted(Message, bubble=False):
        def __init__(self, hours: wire.Hours) -> None:
            super().__init__()
            self.hours = hours

    class _Failed(Message, bubble=False):
        def __init__(self, error: EarwitnessError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, query: str) -> None:
        super().__init__()
        self._query = query
        self._hours: wire.Hours | None = None

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(id="hours"):
            yield Static(_("Entries by weekday and hour"), classes="title", markup=False)
            yield Static(Content(clean(self._query) or _("the whole log")), classes="note", id="query")
            yield Static("", id="state", markup=False)
            yield HeatMap()
            yield Section("", columns=2)
        yield LogStateLine()

    def on_mount(self) -> None:
        self._say(ListState.LOADING)
        self.action_reread()

    @property
    def map(self) -> HeatMap:
        return self.query_one(HeatMap)

    # --- asking
    # ---------------------------------------------------------------------------------------------------

    def action_reread(self) -> None:
        self.run_worker(self._count(), name="count by the hour", group="hours", exclusive=True)

    async def _count(self) -> None:
        try:
            self.post_message(self._Counted(await self.client.audit_hours(self._query)))
        except NotSignedIn:
            raise
        except EarwitnessError as error:
            self.post_message(self._Failed(error))

    # --- what comes
    # -----------------------------------------------------------------------------------------------

    def on_hours_screen__counted(self, message: _Counted) -> None:
        is_first = self._hours is None
        self._hours = message.hours
        self.map.today = clock.now().astimezone(zone_of(message.hours)).weekday()
        self.map.counts = tuple(map(tuple, message.hours.counts))
        self._say(ListState.SHOWN if self._total else ListState.EMPTY)
        if is_first:
            self.map.action_most()
            self.map.focus()
        self._tell()
        self.refresh_bindings()

    def on_hours_screen__failed(self, message: _Failed) -> None:
        self._say(ListState.of_error(message.error), message.error)

    def on_live_session_connected_again(self, message: LiveSession.ConnectedAgain) -> None:
        if self._hours is None:
            self.action_reread()

    def on_heat_map_cursor_moved(self, message: HeatMap.CursorMoved) -> None:
        self._tell()
        self.refresh_bindings()

    def on_heat_map_chosen(self, message: HeatMap.Chosen) -> None:
        if self._hours is not None:
            days = days_of(message.weekday, self._hours)
            self.app.push_screen(AskDay(days, message.weekday, message.hour), self._leave_with)

    def _leave_with(self, day: date | None) -> None:
        if day is not None:
            self.dismiss(in_hour(self._query, day, self.map.cursor[1]))

    # --- saying
    # ---------------------------------------------------------------------------------------------------

    @property
    def _total(self) -> int:
        return sum(map(sum, self._hours.counts)) if self._hours else 0

    def _say(self, state: ListState, error: EarwitnessError | None = None) -> None:
        """Show the map, or words in its place; what is shown stays when a later count fails."""
        line = self.query_one("#state", Static)
        words = state.words(empty=_("No entry of this search falls into the period."), error=error)
        line.update(Content(clean(words)))
        line.display = state is not ListState.SHOWN
        self.map.display = bool(self._total)

    def _tell(self) -> None:
        if self._hours is None:
            return
        said = [
            (_("period"), period_words(self._hours)),
            (_("selected"), self._cell_words(*self.map.cursor, self.map.selected)),
        ]
        if self._total:
            count, weekday, hour = self.map.largest
            said.append((_("the most"), self._cell_words(weekday, hour, count)))
            said.append((_("today"), _("{weekday}, marked •").format(weekday=weekday_words()[self.map.today or 0])))
        self.query_one(Section).show([(Words(label, "muted"), Words(words)) for label, words in said])

    def _cell_words(self, weekday: int, hour: int, count: int) -> str:
        said = ngettext(
            "{weekday} {start}–{stop}: {count} entry of {total}",
            "{weekday} {start}–{stop}: {count} entries of {total}",
            count,
        )
        return said.format(
            weekday=weekday_words()[weekday],
            start=f"{hour:02}:00",
            stop=f"{hour + 1:02}:00",
            count=grouped(count),
            total=grouped(self._total),
        )


def zone_of(hours: wire.Hours) -> tzinfo | None:
    """The zone in which was counted; the viewer's own where this machine does not know it."""
    try:
        return ZoneInfo(hours.zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def days_of(weekday: int, hours: wire.Hours) -> list[date]:
    """The days of a weekday in the period that was counted, newest first, at most a year of them."""
    zone = zone_of(hours)
    last = (hours.until - timedelta(milliseconds=1)).astimezone(zone).date()
    first = hours.since.astimezone(zone).date()
    newest = last - timedelta(days=(last.weekday() - weekday) % 7)
    days = (newest - timedelta(weeks=week) for week in range(53))
    return [day for day in days if day >= first]


def period_words(hours: wire.Hours) -> str:
    zone = zone_of(hours)
    since, until = (at.astimezone(zone) for at in (hours.since, hours.until))
    return f"{since:%Y-%m-%d %H:%M} – {until:%Y-%m-%d %H:%M}, {hours.zone}"
