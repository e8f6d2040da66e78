from __future__ import annotations

from typing import Any

import pytest

from agent.errors import CannotLog, NotPermitted
from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import ATTACK_BYTES
from tests.tui.screen_text import assert_golden
from tests.tui.screens.place_scene import Scene, on_place
from tui.log_queries import PEOPLE_ONLY, WITHOUT_READINGS
from tui.screens import log
from tui.screens.entry import EntryScreen
from tui.screens.log import LogScreen
from tui.theme import CONSOLE_GLYPHS
from tui.widgets.list_state import ListState


def on_log(body: Any, **how: Any) -> None:
    async def loaded(scene: Scene) -> None:
        await scene.until(lambda: isinstance(scene.screen, LogScreen) and scene.screen.table.count)
        await body(scene)

    on_place("2", loaded, **({"user": "security"} | how))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "FOLLOW_EVERY_S", 0.01)


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_log_looks_like_this(size: tuple[int, int], console: bool) -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("4,000 entries", "1 of 4,000")
        assert_golden(scene.app, f"log-{size[0]}x{size[1]}" + ("-console" if console else ""))
        if console:
            assert {glyph for glyph in scene.text if not glyph.isascii()} <= CONSOLE_GLYPHS

    on_log(body, size=size, console=console)


def test_refused_and_failed_carry_a_sign_and_a_word() -> None:
    async def body(scene: Scene) -> None:
        lines = scene.text.splitlines()
        assert all("! refused" in line for line in lines if "contact.show" in line)
        assert all("! failed" in line for line in lines if "session.begin" in line)
        assert not any("!" in line for line in lines if " allowed " in line)

    on_log(body)


def test_a_search_finds_what_its_terms_say() -> None:
    async def body(scene: Scene) -> None:
        await scene.write("actor:mika outcome:refused")
        await scene.until_text("334 entries")
        assert " allowed " not in scene.text

    on_log(body)


def test_a_term_that_does_not_exist_is_said_under_the_line() -> None:
    async def body(scene: Scene) -> None:
        await scene.write("colour:red")
        await scene.until_text("colour:red” cannot be understood")
        assert scene.screen.line.query_one("QueryInput").has_focus

    on_log(body)


def test_new_entries_are_counted_and_the_list_does_not_move() -> None:
    async def body(scene: Scene) -> None:
        before = scene.screen.table.selected
        scene.agent.log(3)
        await scene.until_text("3 new, press r")
        assert scene.screen.table.selected == before
        await scene.press("r")
        await scene.until(lambda: scene.screen.table.count == 4003)
        assert scene.screen.table.selected == before
        assert scene.screen.table.cursor_index == 3

    on_log(body)


def test_following_shows_new_entries_as_they_come(at_once: None) -> None:
    async def body(scene: Scene) -> None:
        await scene.press("l")
        await scene.until_text("following")
        scene.agent.log(3)
        await scene.until(lambda: scene.screen.table.count == 4003)
        await scene.until(lambda: scene.screen.table.selected.seq == 4002)
        await scene.press("l")
        await scene.until(lambda: "following" not in scene.text)
        scene.agent.log(2)
        await scene.until_text("2 new, press r")
        assert scene.screen.table.count == 4003

    on_log(body)


def test_following_keeps_the_cursor_on_its_row_when_it_is_not_on_the_newest(at_once: None) -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "j", "l")
        before = scene.screen.table.selected
        scene.agent.log(3)
        await scene.until(lambda: scene.screen.table.count == 4003)
        await scene.until(lambda: scene.screen.table.cursor_index == 5)
        assert scene.screen.table.selected == before

    on_log(body)


def test_following_leaves_the_readings_of_the_log_out_so_that_it_does_not_feed_itself() -> None:
    async def body(scene: Scene) -> None:
        await scene.write("outcome:allowed")
        await scene.until_text("2,000 entries")
        await scene.press("l")
        assert scene.screen.line.query_text == f"outcome:allowed {WITHOUT_READINGS}"
        await scene.write("outcome:allowed")
        assert not scene.screen.is_following

    on_log(body)


def test_a_list_of_readings_says_why_it_cannot_follow() -> None:
    async def body(scene: Scene) -> None:
        await scene.write("action:audit.read")
        await scene.until(lambda: scene.screen.table.state is ListState.EMPTY)
        await scene.press("l")
        await scene.until_text("cannot follow")
        assert not scene.screen.is_following

    on_log(body)


def test_enter_shows_the_whole_entry() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "j", "enter")
        await scene.until_text("Entry 3997 of the log", "uid 1001", "complaint C-118", "contact.listen")
        assert_golden(scene.app, "entry-80x24")
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))

    on_log(body)


@pytest.mark.parametrize("from_the_whole_entry", [False, True])
def test_c_shows_who_accessed_this_contact(from_the_whole_entry: bool) -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "j")
        if from_the_whole_entry:
            await scene.press("enter")
            await scene.until(lambda: isinstance(scene.screen, EntryScreen))
        await scene.press("c")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))
        assert scene.screen.line.query_text == "contact:c003997"
        await scene.until(lambda: scene.screen.table.count == 1)

    on_log(body)


@pytest.mark.parametrize(("rows", "query"), [(1, "actor:mika"), (0, "uid:1000")])
def test_p_shows_what_this_person_did(rows: int, query: str) -> None:
    async def body(scene: Scene) -> None:
        await scene.press(*["j"] * rows, "p")
        assert scene.screen.line.query_text == query

    on_log(body)


def test_an_entry_without_a_contact_says_so() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("c")
        await scene.until_text("The entry is not about a contact.")
        assert scene.screen.line.query_text == PEOPLE_ONLY

    on_log(body)


def test_jumps_in_time_go_through_the_log() -> None:
    async def body(scene: Scene) -> None:
        first = scene.screen.table.selected.at
        await scene.press("m")
        await scene.until(lambda: (first - scene.screen.table.selected.at).total_seconds() >= 3600)

    on_log(body)


def test_who_may_not_read_the_log_is_told_why() -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("Your role does not permit this (audit.read)")
        assert not isinstance(scene.screen, LogScreen)

    on_place("2", body, user="anna.berg")


def test_a_refusal_by_the_agent_stands_in_place_of_the_list() -> None:
    agent = FakeAgent()
    agent.fail("/audit", NotPermitted(capability="audit.read"))

    async def body(scene: Scene) -> None:
        await scene.until_text("Refused:", "audit.read")

    on_place("2", body, user="security", agent=agent)


def test_a_failure_is_said_and_r_tries_again() -> None:
    agent = FakeAgent()
    agent.fail("/audit", CannotLog(why="disk full"))

    async def body(scene: Scene) -> None:
        await scene.until_text("Failed:", "disk full")
        agent.mend()
        await scene.press("r")
        await scene.until_text("4,000 entries")

    on_place("2", body, user="security", agent=agent)


def test_hostile_names_stay_harmless() -> None:
    async def body(scene: Scene) -> None:
        for _row in range(8):
            shown = scene.text.encode()
            assert not any(attack in shown for attack in ATTACK_BYTES)
            await scene.press("enter")
            await scene.until(lambda: isinstance(scene.screen, EntryScreen))
            shown = scene.text.encode()
            assert not any(attack in shown for attack in ATTACK_BYTES)
            await scene.press("escape", "j")
        assert "[red]bold[/red].wav" in scene.text or "[@click=app.quit]click[/]" in scene.text

    on_log(body, agent=FakeAgent(hostile=True), size=(120, 40))
