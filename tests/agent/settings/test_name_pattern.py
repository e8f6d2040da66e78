from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.settings.name_pattern import FIELDS, FREE_LIMIT, NAME_LIMIT, NamePattern, PatternInvalid, TwoReadings


@pytest.mark.parametrize(
    ("template", "name", "values"),
    [
        ("{any}", "x.wav", {}),
        ("a{number}", "a0701740605.wav", {"number": "0701740605"}),
        ("a{number}", "a.wav", {"number": ""}),
        ("{number}_{extension}", "%2B46701740605_3201.WAV", {"number": "%2B46701740605", "extension": "3201"}),
        ("{number}-{extension}", "08-465-004-00-3201.wav", {"number": "08-465-004-00", "extension": "3201"}),
        ("{adviser}-{number}", "Anna-Maria-0701740605.wav", {"adviser": "Anna-Maria", "number": "0701740605"}),
        ("{queue}/{id}", "a/b/600/x.wav", {"queue": "600", "id": "x"}),
        (r"\[{adviser}\]", "[Anna].wav", {"adviser": "Anna"}),
        ("x[-{leg}]", "x.wav", {}),
        ("x[-{leg}]", "x-in.wav", {"leg": "in"}),
        ("{id}.a", "x.a.wav", {"id": "x"}),
        (
            "{start:DD.MM.YY HH.MM}",
            "23.11.26 14.05.wav",
            {"start DD": "23", "start MM": "11", "start YY": "26", "start HH": "14", "start minutes": "05"},
        ),
        (
            "{day:YYYY/Mon/DD}/{time:HHMMSS}_{any}",
            "archive/2026/Nov/23/140502_7.wav",
            {
                "day YYYY": "2026",
                "day Mon": "Nov",
                "day DD": "23",
                "time HH": "14",
                "time minutes": "05",
                "time SS": "02",
            },
        ),
        ("{start:YYYYMMDDTHHMMSSZ}x", "20261123T140502Zx.wav", None),
    ],
)
def test_a_template_is_laid_on_a_name(template: str, name: str, values: dict[str, str] | None) -> None:
    found = NamePattern(template).read(name)
    if values is None:
        assert found is not None
        assert len(found) == 6
    else:
        assert found == values


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("a{number}", "b0701740605.wav"),
        ("{number}", "Anna Berg.wav"),
        ("{extension}", "3201 3202.wav"),
        ("{start:YYYYMMDD_HHMM}", "2026112_1405.wav"),
        ("{start:YYYYMMDD_HHMM}", "２０２６1123_1405.wav"),
        ("{queue}/{id}", "x.wav"),
        ("{any}", "a" * (NAME_LIMIT + 1) + ".wav"),
    ],
)
def test_a_name_that_does_not_fit_is_not_forced(template: str, name: str) -> None:
    assert NamePattern(template).read(name) is None


def test_a_field_holds_no_folder() -> None:
    assert NamePattern("{adviser}").read("a/b.wav") == {"adviser": "b"}


@pytest.mark.parametrize(("template", "name"), [("{adviser}-{queue}", "a-b-c.wav"), ("{id}[-{leg}]", "x-in.wav")])
def test_a_name_that_can_be_read_in_two_ways_is_read_in_none(template: str, name: str) -> None:
    with pytest.raises(TwoReadings):
        NamePattern(template).read(name)


def test_two_ways_that_say_the_same_are_one() -> None:
    assert NamePattern("{any}-{any}-{leg}").read("a-b-c-d-in.wav") == {"leg": "in"}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("", "pieces"),
        ("{", "without its }"),
        ("}", "without its {"),
        ("[a", "without its ]"),
        ("a]", "without its ["),
        ("a\\", "at the end"),
        ("{number{x}}", "inside of a field"),
        ("{nummer}", "there is no field {nummer}"),
        ("{number:YYYY}", "there is no field"),
        ("{start}", "there is no field"),
        ("{start:YYYYMMDD}", "hours and minutes"),
        ("{start:HHMMSS}", "year, month and day"),
        ("{day:YYYYMM}", "year, month and day"),
        ("{time:HHMM}", "needs a day"),
        ("{start:YYYYMMDDHHMM}{day:YYYYMMDD}", "one of them"),
        ("{start:yyyymmdd}", "is no part of a time"),
        ("{number}{extension}", "where does number end"),
        ("{number}[{extension}]", "where does number end"),
        ("{number}-{number}", "stands twice"),
        ("-{any}" * (FREE_LIMIT + 1), "of any length"),
        ("[" * 70 + "]" * 70, "pieces"),
    ],
)
def test_a_template_that_cannot_be_meant_is_refused_with_the_reason(template: str, said: str) -> None:
    with pytest.raises(PatternInvalid) as refused:
        NamePattern(template)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "template",
    [
        "-".join(["{any}"] * FREE_LIMIT) + "-x",
        "a".join(["{any}"] * FREE_LIMIT) + "{day:YYYYMMDD}",
        "".join(f"[-{{{field}}}]" for field in list(FIELDS)[: FREE_LIMIT - 1]) + "x",
    ],
)
@pytest.mark.parametrize("name", ["-" * NAME_LIMIT, "a" * NAME_LIMIT, "-a" * (NAME_LIMIT // 2), "-1" * 149 + "y"])
def test_no_template_and_no_name_take_long(template: str, name: str) -> None:
    started_s = time.process_time()
    with suppress(TwoReadings):
        NamePattern(template).read(name)
    assert time.process_time() - started_s < 1


@given(st.text(alphabet="{}[]\\:numberstadyYMDHS-_/", max_size=40), st.text(alphabet="a-_/0123.", max_size=40))
def test_no_template_raises_anything_but_its_own(template: str, name: str) -> None:
    with suppress(PatternInvalid, TwoReadings):
        NamePattern(template).read(name)
