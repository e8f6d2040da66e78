from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from agent import wire
from agent.errors import CannotLog, NotPermitted
from tests.tui.fake_agent import FakeAgent
from tests.tui.screen_text import assert_golden
from tests.tui.screens.log_scene import on_log
from tests.tui.screens.place_scene import Scene
from tui.screens.hour_day import AskDay
from tui.screens.hours import HoursScreen, days_of, period_words
from tui.screens.log import LogScreen
from tui.theme import CONSOLE_GLYPHS


async def open_hours(scene: Scene) -> None:
    await scene.press("h")
    await scene.until(lambda: isinstance(scene.screen, HoursScreen))


@pytest.mark.parametrize("digits", [False, True])
@pytest.mark.parametrize("console", [False, True])
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_hours_look_like_this(size: tuple[int, int], console: bool, digits: bool) -> None:
    async def body(scene: Scene) -> None:
        await open_hours(scene)
        await scene.until_text("selected")
        if digits:
            await scene.press("n")
        name = "hours-digits" if digits else "hours"
        assert_golden(scene.app, f"{name}-{size[0]}x{size[1]}" + ("-console" if console else ""))
        if console:
            assert {glyph for glyph in scene.text if not glyph.isascii()} <= CONSOLE_GLYPHS

    on_log(body, size=size, console=console)


def test_the_search_of_the_list_is_what_is_counted() -> None:
    async def body(scene: Scene) -> None:
        await scene.write("actor:mika")
        await open_hours(scene)
        await scene.until_text("actor:mika", "22 entries of 555")
        assert "actor%3Amika" in scene.asked("/audit/hours")[0]

    on_log(body)


def test_the_cursor_begins_at_the_most_and_is_told_in_words() -> None:
    async def body(scene: Scene) -> None:
        await open_hours(scene)
        await scene.until_text("selected  Monday 13:00–14:00: 22 entries of 555", "the most  Monday 13:00–14:00")
        await scene.press("down", "right")
        await scene.until_text("selected  Tuesday 14:00–15:00: 9 entries of 555")
        await scene.press("m")
        await scene.until_text("selected  Monday 13:00–14:00")

    on_log(body)


def test_an_hour_and_a_day_make_a_search() -> None:
    async def body(scene: Scene) -> None:
        await scene.write("actor:mika on:2026-11-23")
        await open_hours(scene)
        await scene.until_text("selected")
        await scene.press("enter")
        await scene.until(lambda: isinstance(scene.screen, AskDay))
        assert_golden(scene.app, "hours-day-80x24")
        await scene.press("down", "enter")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))
        assert scene.screen.line.query_text == "after:2026-11-16T13:00 before:2026-11-16T14:00 actor:mika"
        await scene.press("escape")
        await scene.until(lambda: scene.screen.line.query_text == "actor:mika on:2026-11-23")

    on_log(body)


def test_an_hour_in_which_nothing_happened_says_so() -> None:
    async def body(scene: Scene) -> None:
        await open_hours(scene)
        await scene.until_text("selected")
        await scene.press("up", "enter")
        await scene.until_text("Nothing happened in this hour.")
        await scene.press("escape")
        await scene.until(lambda: isinstance(scene.screen, LogScreen))

    on_log(body)


def test_while_it_is_counted_it_says_so() -> None:
    agent = FakeAgent()
    agent.hold("/audit/hours")

    async def body(scene: Scene) -> None:
        await open_hours(scene)
        await scene.until_text("Reading …")
        assert_golden(scene.app, "hours-loading-80x24")
        await scene.press("enter")
        await scene.pilot.pause()
        agent.release()
        await scene.until_text("selected")
        assert scene.screen.map.has_focus

    on_log(body, agent=agent)


def test_nothing_in_the_period_is_a_state_of_its_own() -> None:
    agent = FakeAgent()
    none = agent.register.hours().model_copy(update={"counts": [[0] * 24] * 7})
    agent.register.hours = lambda: none  # type: ignore[method-assign]

    async def body(scene: Scene) -> None:
        await open_hours(scene)
        await scene.until_text("No entry of this search falls into the period.", "2026-10-26")

    on_log(body, agent=agent)


def test_a_failure_is_said_and_r_tries_again() -> None:
    agent = FakeAgent()
    agent.fail("/audit/hours", CannotLog(why="disk full"))

    async def body(scene: Scene) -> None:
        await open_hours(scene)
        await scene.until_text("Failed:", "disk full")
        agent.mend()
        await scene.press("r")
        await scene.until_text("22 entries of 555")
        assert "Failed" not in scene.text

    on_log(body, size=(120, 40), agent=agent)


def test_a_refusal_is_said() -> None:
    agent = FakeAgent()
    agent.fail("/audit/hours", NotPermitted(capability="audit.read"))

    async def body(scene: Scene) -> None:
        await open_hours(scene)
        await scene.until_text("Refused: Your role does not permit this (audit.read)")

    on_log(body, agent=agent)


HOURS = wire.Hours(
    since=datetime(2026, 10, 26, 12, 5, tzinfo=UTC),
    until=datetime(2026, 11, 23, 12, 5, tzinfo=UTC),
    zone="Europe/Helsinki",
    counts=[],
)


def test_the_days_of_a_weekday_are_those_of_the_period_newest_first() -> None:
    assert days_of(0, HOURS) == [date(2026, 11, 23) - timedelta(weeks=week) for week in range(5)]
    assert days_of(6, HOURS) == [date(2026, 11, 22) - timedelta(weeks=week) for week in range(4)]


def test_a_period_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    hours = HOURS.model_copy(update={"until": datetime(2026, 11, 22, 22, tzinfo=UTC)})
    assert days_of(0, hours)[0] == date(2026, 11, 16)


def test_the_period_is_told_in_the_zone_in_which_was_counted() -> None:
    assert period_words(HOURS) == "2026-10-26 14:05 – 2026-11-23 14:05, Europe/Helsinki"


@pytest.mark.parametrize("zone", ["Nowhere/Land", "\x1b[2J/../etc", ""])
def test_a_zone_that_is_not_known_here_is_told_in_the_viewers(zone: str) -> None:
    hours = HOURS.model_copy(update={"zone": zone})
    assert days_of(0, hours)[0] == date(2026, 11, 23)
    assert period_words(hours).startswith("2026-10-26 14:05")
