from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.geometry import Offset
from textual.pilot import Pilot

from agent.errors import CannotLog, NotPermitted
from agent.wire import Contact, ContactSort
from tests.tui.fake_agent import FakeAgent
from tests.tui.screen_text import screen_text
from tests.tui.waiting import until
from tui.app import EarwitnessApp
from tui.widgets.contacts_table import ContactSource, ContactsTable
from tui.widgets.list_state import ListState

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def contacts(
    agent: FakeAgent, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[EarwitnessApp, Pilot[int], ContactsTable]]:
    """The contacts screen, once its first rows are there."""
    app = EarwitnessApp(agent.client(), signed_in=agent.session())
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.screen.query(ContactsTable))
        table = app.screen.query_one(ContactsTable)
        await until(pilot, lambda: table.state is not ListState.LOADING)
        await until(pilot, lambda: agent.is_listened_to)
        yield app, pilot, table


async def _ready(pilot: Pilot[int], table: ContactsTable, count: int) -> None:
    await until(pilot, lambda: table.count == count and table.selected is not None)


def _id(table: ContactsTable) -> str:
    selected = table.selected
    assert isinstance(selected, Contact)
    return selected.id


async def test_the_cursor_is_on_the_newest_row_at_first() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 300)
        assert _id(table) == "c000299"


async def test_keys_move_the_cursor_and_pages_come_on_demand() -> None:
    agent = FakeAgent(contacts=1000)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 1000)
        await pilot.press("j", "down", "k")
        assert _id(table) == "c000998"
        await pilot.press("G")
        await until(pilot, lambda: table.selected is not None)
        assert _id(table) == "c000000"
        await pilot.press("home")
        assert _id(table) == "c000999"
        await pilot.press("pagedown")
        assert table.cursor_index > 5


async def test_a_page_is_there_before_its_rows_are_looked_at() -> None:
    agent = FakeAgent(contacts=1000)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 1000)
        assert table.row_at(100) is None
        while table.scroll_offset.y < 70:
            await pilot.press("pagedown")
        assert table.scroll_offset.y + table.size.height < 100
        await until(pilot, lambda: table.row_at(100) is not None)
        await pilot.press("G")
        await until(pilot, lambda: table.row_at(999) is not None)
        assert table.row_at(850) is None
        while table.scroll_offset.y > 915:
            await pilot.press("pageup")
        assert table.scroll_offset.y > 899
        await until(pilot, lambda: table.row_at(899) is not None)


async def test_pages_are_asked_for_under_the_snapshot_of_the_first() -> None:
    agent = FakeAgent(contacts=1000)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 1000)
        await pilot.press("G")
        await until(pilot, lambda: table.selected is not None)
        pages = [asked for asked in agent.asked if asked.startswith("GET /contacts?")]
        assert [("as_of" in page) for page in pages] == [False, *[True] * (len(pages) - 1)]
        assert len(pages) <= 3


async def test_a_held_key_does_not_ask_for_every_page_it_passes() -> None:
    agent = FakeAgent(contacts=5000)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 5000)
        before = len(agent.asked)
        for _ in range(60):
            table.action_page(1)
        await until(pilot, lambda: table.selected is not None)
        assert len(agent.asked) - before <= 3


async def test_the_list_does_not_move_when_rows_arrive() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (app, pilot, table):
        await _ready(pilot, table, 300)
        await pilot.press("down", "down")
        rows = screen_text(app).splitlines()[2:18]
        agent.arrive(3)
        await until(pilot, lambda: table.newer == 3)
        assert screen_text(app).splitlines()[2:18] == rows
        assert "3 new, press r" in screen_text(app)


async def test_the_cursor_stays_on_its_row_when_the_list_is_read_again() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (app, pilot, table):
        await _ready(pilot, table, 300)
        await pilot.press("down", "down")
        chosen = _id(table)
        agent.arrive(3)
        await until(pilot, lambda: table.newer == 3)
        await pilot.press("r")
        await until(pilot, lambda: table.count == 303)
        assert _id(table) == chosen
        assert table.cursor_index == 5
        assert table.newer == 0
        assert "new, press r" not in screen_text(app)


async def test_a_row_deep_in_the_list_keeps_its_line_when_the_list_is_read_again() -> None:
    agent = FakeAgent(contacts=1000)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 1000)
        table.action_page(1)
        for _ in range(30):
            table.action_page(1)
        await until(pilot, lambda: table.selected is not None)
        chosen, line = _id(table), table.cursor_index - table.scroll_offset.y
        agent.arrive(7)
        await pilot.press("r")
        await until(pilot, lambda: table.count == 1007)
        assert _id(table) == chosen
        assert table.cursor_index - table.scroll_offset.y == line


async def test_another_order_leaves_the_cursor_on_its_row() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 300)
        await pilot.press("down")
        chosen = _id(table)
        table.show(ContactSource(agent.client(), "", ContactSort.LONGEST), keep_row=True)
        await until(pilot, lambda: table.cursor_index != 1)
        assert _id(table) == chosen


async def test_the_row_after_it_is_taken_when_the_row_has_gone() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 300)
        await pilot.press("down", "down")
        agent.erase(_id(table))
        await pilot.press("r")
        await until(pilot, lambda: table.count == 299)
        assert _id(table) == "c000296"
        assert table.cursor_index == 2


async def test_a_row_that_has_gone_from_a_page_says_so() -> None:
    agent = FakeAgent(contacts=150)
    async with contacts(agent) as (app, pilot, table):
        await _ready(pilot, table, 150)
        agent.erase("c000001")
        await pilot.press("G")
        await until(pilot, lambda: "no longer there" in screen_text(app))
        assert table.selected is None
        await pilot.press("enter")
        assert app.screen.query(ContactsTable)


async def test_a_reply_to_an_earlier_question_is_dropped() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 300)
        agent.hold("/contacts")
        table.show(ContactSource(agent.client(), "service:vatten"))
        await until(pilot, lambda: agent.asked[-1].startswith("GET /contacts?query=service%3Avatten"))
        table.show(ContactSource(agent.client(), "adviser:sund"))
        agent.release()
        await until(pilot, lambda: table.count == 60)
        selected = table.selected
        assert isinstance(selected, Contact)
        assert selected.adviser == "Erik Sund"


async def test_an_empty_list_says_so() -> None:
    agent = FakeAgent(contacts=0)
    async with contacts(agent) as (app, _pilot, table):
        assert table.state is ListState.EMPTY
        assert "No contact is found." in screen_text(app)


async def test_a_list_that_is_still_coming_says_so() -> None:
    agent = FakeAgent(contacts=10)
    agent.hold("/contacts")
    app = EarwitnessApp(agent.client(), signed_in=agent.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Reading …" in screen_text(app))
        agent.release()
        await until(pilot, lambda: "Reading …" not in screen_text(app))


async def test_a_list_that_failed_says_why_and_r_tries_again() -> None:
    agent = FakeAgent(contacts=10)
    agent.fail("/contacts", CannotLog(why="disk full"))
    async with contacts(agent) as (app, pilot, table):
        assert table.state is ListState.FAILED
        assert "Failed: The access log cannot be written" in screen_text(app)
        agent.mend()
        await pilot.press("r")
        await _ready(pilot, table, 10)


async def test_a_list_that_was_refused_says_so() -> None:
    agent = FakeAgent(contacts=10)
    agent.fail("/contacts", NotPermitted(capability="contact.search"))
    async with contacts(agent) as (app, _pilot, table):
        assert table.state is ListState.REFUSED
        assert "Refused: Your role does not permit this" in screen_text(app)


async def test_a_page_that_failed_is_asked_for_again_when_the_connection_is_back() -> None:
    agent = FakeAgent(contacts=500)
    async with contacts(agent) as (app, pilot, table):
        await _ready(pilot, table, 500)
        agent.fail("/contacts", CannotLog(why="disk full"))
        await pilot.press("G")
        await until(pilot, lambda: "could not be read; r tries again" in screen_text(app))
        agent.mend()
        table.retry_failed()
        await until(pilot, lambda: table.selected is not None)
        assert _id(table) == "c000000"


@pytest.mark.parametrize(("key", "back"), [("m", "M"), ("o", "O")])
async def test_jumps_in_time_go_there_and_back(key: str, back: str) -> None:
    agent = FakeAgent(contacts=3000)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 3000)
        start = table.selected
        assert isinstance(start, Contact)
        await pilot.press(key)
        await until(pilot, lambda: table.cursor_index > 0 and table.selected is not None)
        there = table.selected
        assert isinstance(there, Contact)
        hours = (start.started_at - there.started_at).total_seconds() / 3600
        assert hours == pytest.approx(1 if key == "m" else 24, abs=0.15)
        await pilot.press(back)
        await until(pilot, lambda: table.cursor_index <= 1)


async def test_jumps_in_time_need_an_order_by_time_and_say_so() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (app, pilot, table):
        await _ready(pilot, table, 300)
        table.show(ContactSource(agent.client(), "", ContactSort.ADVISER))
        await until(pilot, lambda: _id(table) != "c000299")
        await pilot.press("m")
        await until(pilot, lambda: "Jumps in time need a list" in screen_text(app))


async def test_the_terminals_cursor_is_on_the_selected_row() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (app, pilot, table):
        await _ready(pilot, table, 300)
        await pilot.press("down", "down")
        line = (
            screen_text(app)
            .splitlines()
            .index(next(line for line in screen_text(app).splitlines() if line.startswith("> ")))
        )
        assert app.cursor_position == Offset(0, line)


async def test_a_click_selects_and_a_double_click_opens() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 300)
        await pilot.click(ContactsTable, offset=(5, 4))
        assert _id(table) == "c000296"


async def test_events_in_a_burst_are_counted_once() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts(agent) as (_app, pilot, table):
        await _ready(pilot, table, 300)
        for _ in range(50):
            agent.arrive()
        await until(pilot, lambda: table.newer == 50)
        assert sum("newer=true" in asked for asked in agent.asked) == 1
