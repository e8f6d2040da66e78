from __future__ import annotations

from datetime import date

import pytest

from tui.log_queries import (
    PEOPLE_ONLY,
    SECTIONS,
    feeds_itself,
    in_hour,
    other_day,
    searches_for,
    section_of,
)


def test_a_section_is_known_by_its_search() -> None:
    assert [section_of(section.query) for section in SECTIONS] == list(SECTIONS)
    assert section_of("actor:mika") is None


@pytest.mark.parametrize(
    ("query", "feeds"),
    [
        ("", True),
        ("actor:mika", True),
        ("action:audit.read", True),
        ("action:audit", True),
        ("action:*", True),
        ("outcome:allowed", True),
        (PEOPLE_ONLY, False),
        ("outcome:refused", False),
        ("action:file.open", False),
        ("contact:c1", False),
        ("purpose:complaint", False),
    ],
)
def test_only_a_list_that_may_hold_its_own_readings_feeds_itself(query: str, feeds: bool) -> None:
    assert feeds_itself(query) is feeds


def test_a_search_bound_to_a_day_moves_to_another() -> None:
    assert other_day("actor:mika on:2026-11-30", 1) == "on:2026-12-01 actor:mika"
    assert other_day("on:2026-03-01", -1) == "on:2026-02-28"


@pytest.mark.parametrize("query", ["actor:mika", "on:today", "on:2026-13-01", "on:9999-12-31"])
def test_any_other_search_has_no_day_to_move(query: str) -> None:
    assert other_day(query, 1) is None


def test_an_hour_of_a_day_takes_the_place_of_the_period() -> None:
    asked = in_hour("actor:mika after:2026-10-01 on:2026-11-02", date(2026, 11, 23), 14)
    assert asked == "after:2026-11-23T14:00 before:2026-11-23T15:00 actor:mika"


def test_the_last_hour_ends_with_the_day() -> None:
    assert in_hour("", date(2026, 12, 31), 23) == "after:2026-12-31T23:00 before:2027-01-01T00:00"


@pytest.mark.parametrize(
    ("said", "query"),
    [
        (" 070-174 06 05 ", 'number:"070-174 06 05"'),
        ("+46701740605", "number:+46701740605"),
        ("*0605", "number:*0605"),
        ("Åsa Öberg", 'searched:"Åsa Öberg"'),
        ("C-118", "searched:C-118"),
        ('a" uid:0 "b', 'searched:"a uid:0 b"'),
    ],
)
def test_a_number_is_asked_for_as_a_number_and_words_as_words(said: str, query: str) -> None:
    assert searches_for(said) == query
