from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from agent.errors import AgentUnreachable, CannotLog, NotPermitted
from tests.tui.fake_agent import FakeAgent
from tests.tui.screen_text import assert_golden, screen_text
from tests.tui.waiting import until
from tui.app import EarwitnessApp
from tui.screens.contact import ContactScreen
from tui.screens.contacts import ContactsScreen
from tui.screens.filter_form import FilterForm
from tui.theme import CONSOLE_GLYPHS
from tui.widgets.contact_preview import ContactPreview
from tui.widgets.contacts_table import ContactsTable
from tui.widgets.list_state import ListState
from tui.widgets.query_line import QueryInput, QueryLine

pytestmark = pytest.mark.anyio

NARROW, WIDE = (80, 24), (120, 40)
SIZES = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])


@asynccontextmanager
async def contacts_screen(
    agent: FakeAgent, size: tuple[int, int] = NARROW, *, console: bool = False
) -> AsyncIterator[tuple[EarwitnessApp, Pilot[int]]]:
    app = EarwitnessApp(agent.client(), signed_in=agent.session(), console=console)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen) and app.screen.query(ContactsTable))
        await until(pilot, lambda: _table(app).state is not ListState.LOADING)
        await until(pilot, lambda: "found" in screen_text(app) or _table(app).state is not ListState.SHOWN)
        yield app, pilot


def _table(app: EarwitnessApp) -> ContactsTable:
    return app.screen.query_one(ContactsTable)


def _name(state: str, size: tuple[int, int]) -> str:
    return f"contacts-{state}-{size[0]}x{size[1]}"


@SIZES
async def test_picture_of_the_list(size: tuple[int, int]) -> None:
    async with contacts_screen(FakeAgent(contacts=1204), size) as (app, pilot):
        await until(pilot, lambda: _table(app).count == 1204)
        await pilot.press("down", "down")
        assert_golden(app, _name("list", size))


@SIZES
async def test_picture_of_new_contacts(size: tuple[int, int]) -> None:
    agent = FakeAgent(contacts=1204)
    async with contacts_screen(agent, size) as (app, pilot):
        await until(pilot, lambda: _table(app).count == 1204 and agent.is_listened_to)
        agent.arrive(3)
        await until(pilot, lambda: "3 new, press r" in screen_text(app))
        assert_golden(app, _name("new", size))


@SIZES
async def test_picture_of_an_empty_list(size: tuple[int, int]) -> None:
    async with contacts_screen(FakeAgent(contacts=0), size) as (app, pilot):
        await until(pilot, lambda: "0 found" in screen_text(app))
        assert_golden(app, _name("empty", size))


@SIZES
async def test_picture_of_a_list_that_is_coming(size: tuple[int, int]) -> None:
    agent = FakeAgent(contacts=10)
    agent.hold("/contacts")
    app = EarwitnessApp(agent.client(), signed_in=agent.session())
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "Reading …" in screen_text(app))
        assert_golden(app, _name("loading", size))
        agent.release()


@SIZES
@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("failed", CannotLog(why="no space left")),
        ("unreachable", AgentUnreachable(socket="/run/earwitness/agent.sock")),
        ("refused", NotPermitted(capability="contact.search")),
    ],
)
async def test_picture_of_a_list_that_did_not_come(size: tuple[int, int], state: str, error: CannotLog) -> None:
    agent = FakeAgent(contacts=10)
    agent.fail("/contacts", error)
    async with contacts_screen(agent, size) as (app, pilot):
        app.clear_notifications()
        await until(pilot, lambda: not len(app._notifications))
        assert_golden(app, _name(state, size))


@SIZES
async def test_picture_of_a_term_that_is_not_understood(size: tuple[int, int]) -> None:
    async with contacts_screen(FakeAgent(contacts=1204), size) as (app, pilot):
        await until(pilot, lambda: _table(app).count == 1204)
        await pilot.press("slash", *"advisor:anna", "enter")
        await until(pilot, lambda: "cannot be understood" in screen_text(app))
        assert_golden(app, _name("term", size))


@pytest.mark.parametrize(
    ("dialog", "keys", "there"),
    [
        ("filter", ["f"], "other terms"),
        ("saved", ["s"], "long ones"),
        ("order", ["S"], "by service"),
        ("help", ["question_mark"], "Open the selected row"),
    ],
)
@SIZES
async def test_picture_of_a_dialog(size: tuple[int, int], dialog: str, keys: list[str], there: str) -> None:
    async with contacts_screen(FakeAgent(contacts=1204), size) as (app, pilot):
        await until(pilot, lambda: _table(app).count == 1204)
        await pilot.press(*keys)
        await until(pilot, lambda: there in screen_text(app))
        assert_golden(app, _name(dialog, size))


@pytest.mark.parametrize("keys", [[], ["f"], ["s"], ["S"], ["question_mark"], ["ctrl+p"], ["2"]], ids=str)
async def test_the_console_gets_no_glyph_that_its_font_lacks(keys: list[str]) -> None:
    async with contacts_screen(FakeAgent(contacts=1204), console=True) as (app, pilot):
        await until(pilot, lambda: _table(app).count == 1204)
        await pilot.press(*keys)
        await pilot.pause()
        lacking = {one for one in screen_text(app) if not one.isascii()} - CONSOLE_GLYPHS
        assert lacking == set()


async def test_the_selected_row_is_marked_and_reversed_on_the_console() -> None:
    async with contacts_screen(FakeAgent(contacts=10), console=True) as (app, pilot):
        await until(pilot, lambda: _table(app).selected is not None)
        strip = _table(app).render_line(1)
        assert strip.text.startswith("> ")
        assert all(segment.style is not None and segment.style.reverse for segment in strip)


async def test_a_search_is_asked_and_its_count_shown() -> None:
    agent = FakeAgent(contacts=1000)
    async with contacts_screen(agent, WIDE) as (app, pilot):
        await pilot.press("slash", *"service:vatten", "enter")
        await until(pilot, lambda: "200 found · newest first" in screen_text(app))
        assert app.focused is _table(app)


async def test_the_list_stays_when_a_term_is_not_understood() -> None:
    async with contacts_screen(FakeAgent(contacts=300)) as (app, pilot):
        await until(pilot, lambda: _table(app).count == 300)
        await pilot.press("slash", *"bog:x", "enter")
        await until(pilot, lambda: "“bog:x” cannot be understood" in " ".join(screen_text(app).split()))
        assert _table(app).count == 300
        assert isinstance(app.focused, QueryInput)


async def test_searches_of_the_session_come_back_with_the_arrow_keys() -> None:
    async with contacts_screen(FakeAgent(contacts=300)) as (app, pilot):
        for query in ("vatten", "avlopp"):
            await pilot.press("slash", "ctrl+u", *query, "enter")
            await until(pilot, lambda: app.focused is _table(app))
        await pilot.press("slash", "up")
        line = app.screen.query_one(QueryInput)
        assert line.value == "avlopp"
        await pilot.press("up")
        assert line.value == "vatten"
        await pilot.press("down", "down")
        assert line.value == ""


async def test_escape_leaves_the_search_as_it_was() -> None:
    async with contacts_screen(FakeAgent(contacts=300)) as (app, pilot):
        await pilot.press("slash", *"vatten", "enter")
        await until(pilot, lambda: app.focused is _table(app))
        await pilot.press("slash", *" more", "escape")
        assert app.screen.query_one(QueryInput).value == "vatten"
        assert app.focused is _table(app)


async def test_escape_in_the_list_shows_all_contacts_again() -> None:
    async with contacts_screen(FakeAgent(contacts=300)) as (app, pilot):
        await pilot.press("slash", *"vatten", "enter")
        await until(pilot, lambda: _table(app).count == 60)
        await pilot.press("escape")
        await until(pilot, lambda: _table(app).count == 300)


async def test_the_form_becomes_a_query_and_keeps_other_terms() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts_screen(agent) as (app, pilot):
        await pilot.press("slash", *"longer:1s adviser:anna", "enter")
        await until(pilot, lambda: app.focused is _table(app))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterForm))
        assert app.screen.query_one("#adviser", Input).value == "anna"
        await pilot.press(*"vatten", "enter")
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        assert app.screen.query_one(QueryLine).query_text == "service:vatten adviser:anna longer:1s"


async def test_the_form_offers_the_directions() -> None:
    async with contacts_screen(FakeAgent(contacts=300)) as (app, pilot):
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterForm))
        app.screen.query_one("#direction").focus()
        await pilot.press("right", "right", "enter")
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        assert app.screen.query_one(QueryLine).query_text == "direction:out"


async def test_leaving_the_form_changes_nothing() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts_screen(agent) as (app, pilot):
        await until(pilot, lambda: _table(app).count == 300)
        before = len(agent.asked)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, FilterForm))
        await pilot.press(*"vatten", "escape")
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        assert len(agent.asked) == before


async def test_a_saved_search_is_chosen() -> None:
    async with contacts_screen(FakeAgent(contacts=300)) as (app, pilot):
        await pilot.press("s")
        await until(pilot, lambda: "long ones" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ContactsScreen))
        assert app.screen.query_one(QueryLine).query_text == "tag:complaint"


async def test_the_present_search_is_saved_under_a_name() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts_screen(agent) as (app, pilot):
        await pilot.press("slash", *"service:vatten", "enter")
        await until(pilot, lambda: app.focused is _table(app))
        await pilot.press("s")
        await until(pilot, lambda: "long ones" in screen_text(app))
        await pilot.press("S", *"water", "enter")
        await until(pilot, lambda: agent.searches.get("water") == "service:vatten")
        await until(pilot, lambda: "water" in screen_text(app))


async def test_an_empty_search_is_not_saved_and_says_why() -> None:
    async with contacts_screen(FakeAgent(contacts=300)) as (app, pilot):
        await pilot.press("s")
        await until(pilot, lambda: "long ones" in screen_text(app))
        await pilot.press("S")
        await until(pilot, lambda: "The present search is empty" in screen_text(app))


async def test_a_saved_search_is_forgotten_with_its_words_left_on_the_screen() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts_screen(agent) as (app, pilot):
        await pilot.press("s")
        await until(pilot, lambda: "long ones" in screen_text(app))
        await pilot.press("X")
        await until(pilot, lambda: "complaints" not in agent.searches)
        await until(pilot, lambda: "Forgotten: complaints (tag:complaint)" in screen_text(app))


async def test_saved_searches_that_cannot_be_read_say_so() -> None:
    agent = FakeAgent(contacts=300)
    agent.fail("/searches", CannotLog(why="no space left"))
    async with contacts_screen(agent) as (app, pilot):
        await pilot.press("s")
        await until(pilot, lambda: "The access log cannot be written" in screen_text(app))


async def test_another_order_is_chosen_and_said() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts_screen(agent) as (app, pilot):
        await until(pilot, lambda: _table(app).selected is not None)
        await pilot.press("S", "down", "down", "enter")
        await until(pilot, lambda: "longest first" in screen_text(app))
        await until(pilot, lambda: any("sort=-duration" in asked for asked in agent.asked))


async def test_the_preview_follows_the_cursor_without_a_question() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts_screen(agent, WIDE) as (app, pilot):
        await until(pilot, lambda: _table(app).count == 300)
        before = len(agent.asked)
        await pilot.press("down", "down", "down")
        preview = app.screen.query_one(ContactPreview)
        assert preview.contact is _table(app).selected
        assert len(agent.asked) == before


@pytest.mark.parametrize(("size", "is_beside"), [((80, 24), False), ((109, 30), False), ((110, 30), True)])
async def test_the_preview_is_under_the_list_or_beside_it(size: tuple[int, int], is_beside: bool) -> None:
    async with contacts_screen(FakeAgent(contacts=300), size) as (app, _pilot):
        preview, table = app.screen.query_one(ContactPreview), _table(app)
        assert (preview.region.y == table.region.y) is is_beside
        assert (preview.region.y >= table.region.bottom) is not is_beside


async def test_withheld_and_unknown_are_words() -> None:
    async with contacts_screen(FakeAgent(contacts=300), WIDE) as (app, pilot):
        await until(pilot, lambda: _table(app).count == 300)
        shown = screen_text(app)
        assert all(word in shown for word in ("withheld", "(nobody matched)", "(unknown)"))


async def test_enter_opens_the_contact_under_the_cursor() -> None:
    agent = FakeAgent(contacts=300)
    async with contacts_screen(agent) as (app, pilot):
        await until(pilot, lambda: _table(app).selected is not None)
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ContactScreen))
        await until(pilot, lambda: "GET /contacts/c000298" in agent.asked)
