from __future__ import annotations

import pytest

from agent.errors import CannotLog, NotPermitted
from tests.tui.fake_agent import FakeAgent
from tests.tui.hostile import ATTACK_BYTES
from tests.tui.screen_text import assert_golden
from tests.tui.screens.log_scene import agent_with_listening, agent_with_odd, on_log
from tests.tui.screens.place_scene import Scene, on_place
from tui.log_queries import PEOPLE_ONLY, WITHOUT_READINGS
from tui.screens import log
from tui.screens.contact import ContactScreen
from tui.screens.entry import EntryScreen
from tui.screens.log import LogScreen
from tui.screens.log_commands import LOG_COMMANDS
from tui.theme import CONSOLE_GLYPHS
from tui.widgets import log_sections, log_state
from tui.widgets.entry_commands import ENTRY_COMMANDS
from tui.widgets.list_state import ListState


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


# --- sections ------------------------------------------------------------------------------------------------


def test_the_sections_stand_above_the_list_with_their_counts() -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("[People 4,000]", "Refused 1,000", "Direct opens 0", "Everything 4,000", "odd 0")

    on_log(body)


def test_tab_goes_from_section_to_section_and_back() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("tab")
        await scene.until_text("[Refused 1,000]", "1,000 entries")
        assert " allowed " not in scene.text
        await scene.press("tab")
        await scene.until_text("[Direct opens 0]", "No entry is found.")
        await scene.press("left_square_bracket", "left_square_bracket", "left_square_bracket")
        await scene.until_text("[Everything 4,000]")
        await scene.press("right_square_bracket")
        await scene.until_text("[People 4,000]")

    on_log(body)


def test_a_search_of_ones_own_is_no_section_and_tab_leads_to_the_first() -> None:
    async def body(scene: Scene) -> None:
        await scene.write("actor:mika")
        await scene.until(lambda: "[" not in scene.text.splitlines()[2])
        await scene.press("tab")
        await scene.until_text("[People 4,000]")

    on_log(body)


def test_counting_the_sections_makes_one_entry_each_and_what_comes_since_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_sections, "SETTLE_S", 0.01)

    async def body(scene: Scene) -> None:
        await scene.until_text("[People 4,000]")
        scene.agent.asked.clear()
        scene.agent.log(4)
        await scene.until_text("[People 4,004]", "Refused 1,001")
        counted = scene.asked("/audit/count")
        assert counted
        assert all("as_of=" in asked for asked in counted)

    on_log(body)


def test_sections_that_cannot_be_counted_say_so_by_a_dash() -> None:
    agent = FakeAgent()
    agent.fail("/audit/count", CannotLog(why="disk full"))

    async def body(scene: Scene) -> None:
        await scene.until_text("[People –]", "Everything –")

    on_place("2", body, user="security", agent=agent)


# --- the way on and back -------------------------------------------------------------------------------------


def test_esc_leads_back_to_the_row_where_one_was() -> None:
    async def body(scene: Scene) -> None:
        await scene.press(*["j"] * 5, "p")
        await scene.until(lambda: scene.screen.line.query_text == "actor:e.sund" and scene.screen.table.count < 4000)
        await scene.press("c")
        await scene.until(lambda: scene.screen.table.count == 1)
        await scene.press("escape")
        await scene.until(lambda: scene.screen.table.count > 1)
        assert scene.screen.line.query_text == "actor:e.sund"
        await scene.press("escape")
        await scene.until(lambda: scene.screen.table.count == 4000 and scene.screen.table.cursor_index == 5)
        assert scene.screen.line.query_text == PEOPLE_ONLY
        await scene.press("escape")
        assert scene.screen.line.query_text == PEOPLE_ONLY

    on_log(body)


@pytest.mark.parametrize(
    ("key", "query"),
    [
        ("t", "actor:mika on:2026-11-23"),
        ("q", "request:00000f9e after:2026-11-23T10:02Z before:2026-11-23T14:02Z"),
        ("u", "uid:1002"),
    ],
)
def test_from_an_entry_to_their_day_its_request_its_system_user(key: str, query: str) -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", key)
        await scene.until(lambda: scene.screen.line.query_text == query)

    on_log(body)


def test_in_one_day_the_day_keys_lead_to_the_days_beside_it() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "t")
        await scene.until(lambda: scene.screen.table.count < 4000)
        await scene.press("o")
        await scene.until(lambda: scene.screen.line.query_text == "on:2026-11-22 actor:mika")
        await scene.press("O", "O")
        await scene.until(lambda: scene.screen.line.query_text == "on:2026-11-24 actor:mika")
        await scene.press("escape")
        await scene.until(lambda: scene.screen.line.query_text == PEOPLE_ONLY)

    on_log(body)


def test_the_contact_itself_is_only_for_those_who_may_see_it() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "j", "enter")
        await scene.until(lambda: isinstance(scene.screen, EntryScreen))
        await scene.press("v")
        await scene.until_text("Your role does not permit this (contact.show).")

    on_log(body)


def test_whoever_may_see_the_contact_opens_it_from_the_entry() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "j", "enter")
        await scene.until(lambda: isinstance(scene.screen, EntryScreen))
        await scene.press("v")
        await scene.until(lambda: isinstance(scene.screen, ContactScreen))
        await scene.until_text("Facts")
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, EntryScreen))

    on_log(body, user="controller")


# --- a listening in one, a direct open -----------------------------------------------------------------------


@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_listening_is_told_as_one_and_a_direct_open_by_its_word(size: tuple[int, int], console: bool) -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("Direct opens 1", "1 of 4,000")
        assert_golden(scene.app, f"log-listening-{size[0]}x{size[1]}" + ("-console" if console else ""))

    on_log(body, size=size, console=console, agent=agent_with_listening())


def test_the_parts_of_a_listening_keep_their_lines_and_can_be_opened() -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("0:00–1:36 in 6 parts")
        await scene.press(*["j"] * 4, "enter")
        await scene.until_text("Entry 3995 of the log", "1:04–1:20", "5e55")

    on_log(body, size=(120, 40), agent=agent_with_listening())


def test_a_direct_open_as_a_whole_entry() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("j", "enter")
        await scene.until_text("A file was opened directly on the server, past the agent.", "! direct", "/usr/bin/sox")
        assert_golden(scene.app, "entry-direct-80x24")

    on_log(body, agent=agent_with_listening())


# --- the state of the log ------------------------------------------------------------------------------------


def test_cannot_log_is_in_sight_in_so_many_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_state, "SETTLE_S", 0.01)
    agent = agent_with_odd()

    async def body(scene: Scene) -> None:
        await scene.until_text("! 8 odd findings")
        agent.state = agent.state.model_copy(update={"can_log": False, "trouble": ["disk full"]})
        agent.happen("audit")
        await scene.until_text("! cannot log, so nothing is released: disk full")
        assert_golden(scene.app, "log-cannot-log-80x24")

    on_log(body, agent=agent)


def test_a_log_that_stopped_makes_no_event_and_is_noticed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_state, "ASK_AGAIN_S", 0.05)
    agent = FakeAgent()

    async def body(scene: Scene) -> None:
        agent.state = agent.state.model_copy(update={"can_log": False})
        await scene.until_text("! cannot log")

    on_log(body, agent=agent)


def test_a_burst_of_entries_is_one_occasion_to_ask_for_the_state() -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("log whole" if scene.app.size.width > 100 else "whole 14:00")
        scene.agent.asked.clear()
        for _entry in range(20):
            scene.agent.log(1)
        await scene.until_text("20 new, press r")
        assert len(scene.asked("/audit/state")) == 1

    on_log(body)


def test_a_state_that_cannot_be_read_is_not_taken_for_a_good_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_state, "ASK_AGAIN_S", 0.05)
    agent = FakeAgent()
    agent.fail("/audit/state", CannotLog(why="disk full"))

    async def body(scene: Scene) -> None:
        await scene.until_text("! state of the log not known: The access log cannot be written")
        agent.mend()
        await scene.until_text("whole 14:00")
        assert "not known" not in scene.text

    on_log(body, agent=agent)


def test_when_the_connection_is_lost_the_state_says_that_it_was() -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("whole 14:00")
        scene.agent.lose()
        await scene.until_text("! as it was; now not known: connection lost")

    on_log(body)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_state_in_full(size: tuple[int, int]) -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("! 8 odd")
        await scene.press("i")
        await scene.until_text("The state of the log", "last check", "north")
        assert_golden(scene.app, f"log-state-{size[0]}x{size[1]}")
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))

    on_log(body, size=size, agent=agent_with_odd())


# --- a form, a question --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_form_makes_the_search(size: tuple[int, int]) -> None:
    async def body(scene: Scene) -> None:
        await scene.write(WITHOUT_READINGS)
        await scene.press("f")
        await scene.until_text("Filter the log", "actions: account.add")
        assert_golden(scene.app, f"log-filter-{size[0]}x{size[1]}")
        await scene.press(*"mika", "down", "down", *"contact.sh", "right")
        await scene.until_text("actions: contact.show ")
        await scene.press(*["down"] * 5, "right", "right", "enter")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))
        query = scene.screen.line.query_text
        assert query == f"actor:mika action:contact.show outcome:refused {WITHOUT_READINGS}"

    on_log(body, size=size)


def test_a_purpose_is_chosen_one_at_a_time_where_they_have_no_room() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("f")
        await scene.until_text("← [any] →")
        await scene.press("up", "up", "right", "right")
        await scene.until_text("← [complaint] →")
        await scene.press("escape")
        assert scene.screen.line.query_text == PEOPLE_ONLY

    on_log(body)


def test_who_searched_for_a_number_is_asked_and_the_number_is_kept_nowhere() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("w")
        await scene.until_text("Who searched for this number")
        await scene.press(*"0701740605", "enter")
        await scene.until_text("number:0701740605", "40 entries")
        await scene.press("escape", "slash", "up")
        assert "0701740605" not in scene.screen.line.query_one("QueryInput").value
        await scene.press("up", "up")
        assert "0701740605" not in scene.text

    on_log(body)


def test_a_search_with_a_number_is_not_kept_when_it_is_typed_either() -> None:
    async def body(scene: Scene) -> None:
        await scene.write("uid:1000 number:0701740605")
        await scene.press("escape", "slash", "up", "up")
        assert "0701740605" not in scene.text

    on_log(body)


def test_every_way_stands_in_the_help() -> None:
    async def body(scene: Scene) -> None:
        await scene.press("question_mark")
        await scene.until_text("What can be done here")
        told = " ".join(str(part.render()) for part in scene.screen.query_one(".box").children)
        told = " ".join(told.split())
        for command in (*LOG_COMMANDS, *ENTRY_COMMANDS):
            assert command.help in told

    on_log(body)


def test_behind_another_screen_nothing_is_drawn_and_on_the_way_back_it_catches_up() -> None:
    async def body(scene: Scene) -> None:
        await scene.until_text("whole 14:00")
        await scene.press("enter")
        await scene.until(lambda: isinstance(scene.screen, EntryScreen))
        scene.agent.asked.clear()
        scene.agent.log(3)
        await scene.press("down", "up", "down")
        assert [asked for asked in scene.asked("/audit") if "newer" in asked or "state" in asked] == []
        await scene.press("escape")
        await scene.until_text("3 new, press r", "[People 4,003]")

    on_log(body)
