from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from agent.audit.entry import AGENT, Draft
from agent.services.desk import Desk
from agent.services.hours import SPAN_MS, by_weekday_and_hour, span
from agent.wire import Outcome, Role
from db.queries.log_search import EntryTerm, EntryTermKind
from tests.agent.clock import Clock
from tests.agent.conftest import People
from tests.agent.log_reading import newest

HELSINKI = ZoneInfo("Europe/Helsinki")


def ms(*utc: int) -> int:
    return round(datetime(*utc, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]  # year, month, …


def cells(table: list[list[int]]) -> dict[tuple[int, int], int]:
    """(weekday from 0 for Monday, hour) = count, where there are any."""
    return {(day, hour): count for day, row in enumerate(table) for hour, count in enumerate(row) if count}


@pytest.mark.parametrize(
    ("utc", "cell"),
    [
        ((2026, 11, 23, 12, 0), (0, 14)),
        ((2026, 11, 23, 22, 30), (1, 0)),  # Tuesday already
        ((2026, 3, 29, 0, 59), (6, 2)),  # the last quarter before clocks go forward
        ((2026, 3, 29, 1, 0), (6, 4)),  # the hour from three to four is not there
        ((2026, 10, 25, 0, 30), (6, 3)),  # the hour from three to four, twice
        ((2026, 10, 25, 1, 30), (6, 3)),
    ],
)
def test_hours_are_those_of_the_zone(utc: tuple[int, ...], cell: tuple[int, int]) -> None:
    assert cells(by_weekday_and_hour([(ms(*utc), 7)], HELSINKI)) == {cell: 7}


def test_zones_with_odd_quarters_are_right() -> None:
    kathmandu = ZoneInfo("Asia/Kathmandu")  # +05:45
    found = by_weekday_and_hour([(ms(2026, 11, 23, 0, 0), 1), (ms(2026, 11, 23, 0, 15), 2)], kathmandu)
    assert cells(found) == {(0, 5): 1, (0, 6): 2}


def test_a_table_has_seven_days_of_24_hours() -> None:
    table = by_weekday_and_hour([], HELSINKI)
    assert [len(row) for row in table] == [24] * 7


NOW = ms(2026, 11, 23, 12)
BOUND = ms(2026, 11, 1)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([], (NOW + 1 - SPAN_MS, NOW + 1)),
        ([(EntryTermKind.AFTER, BOUND, False)], (BOUND, NOW + 1)),
        ([(EntryTermKind.BEFORE, BOUND, True)], (BOUND, NOW + 1)),
        ([(EntryTermKind.BEFORE, BOUND, False)], (BOUND - SPAN_MS, BOUND)),
        ([(EntryTermKind.AFTER, BOUND, False), (EntryTermKind.BEFORE, BOUND + 9, False)], (BOUND, BOUND + 9)),
        ([(EntryTermKind.ACTION, "x", False)], (NOW + 1 - SPAN_MS, NOW + 1)),
        ([(EntryTermKind.BEFORE, -(10**15), False)], (0, 0)),
    ],
)
def test_four_weeks_are_counted_unless_the_search_has_bounds(
    terms: list[tuple[EntryTermKind, str | int, bool]], expected: tuple[int, int]
) -> None:
    assert span([EntryTerm(*term) for term in terms], NOW) == expected


def test_the_entries_of_a_search_are_counted_and_the_question_is_an_entry(
    desk: Desk, people: People, clock: Clock
) -> None:
    reviewer = people.caller(Role.SECURITY)
    for _ in range(3):
        desk.house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED))
    clock.forward(hours=1)
    desk.house.log.record(Draft(AGENT, "test.happened", Outcome.FAILED))
    found = desk.audit.hours(reviewer, "action:test.happened")
    assert (found.zone, cells(found.counts)) == ("Europe/Helsinki", {(0, 14): 3, (0, 15): 1})
    assert cells(desk.audit.hours(reviewer, "action:test.happened outcome:failed").counts) == {(0, 15): 1}
    assert sum(map(sum, desk.audit.hours(reviewer, "action:test.happened before:-7d").counts)) == 0
    entry = newest(desk.house)
    assert (entry["action"], entry["detail"]["shown"]) == ("audit.read", "hours")


@pytest.mark.parametrize("query", ["after:0001-01-02", "before:0001-01-02", "after:9999-12-30", "on:1970-01-01"])
def test_bounds_at_the_ends_of_time_are_no_failure(query: str, desk: Desk, people: People) -> None:
    desk.audit.hours(people.caller(Role.SECURITY), query)
