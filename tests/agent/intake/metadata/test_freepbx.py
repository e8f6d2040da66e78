from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake.metadata.freepbx import read_name
from agent.intake.metadata.name import NameFacts
from agent.intake.numbers import is_extension
from agent.wire import Direction

AT = datetime.fromisoformat("2026-11-23T14:05:02")
TAIL = "-20261123-140502-1795435500.265.wav"


def read(name: str) -> NameFacts:
    return read_name(name, is_extension)


@pytest.mark.parametrize(
    ("name", "direction", "dest", "caller"),
    [
        ("in-3201-0701740605" + TAIL, Direction.IN, "3201", "0701740605"),
        ("2026/11/23/in-46846500400-46701740605" + TAIL, Direction.IN, "46846500400", "46701740605"),
        ("external-3201-+46701740605" + TAIL, Direction.IN, "3201", "+46701740605"),
        ("q-600-anonymous" + TAIL, Direction.IN, "600", "anonymous"),
        ("q-600-" + TAIL, Direction.IN, "600", ""),
        ("rg-601-%2B46701740605" + TAIL, Direction.IN, "601", "%2B46701740605"),
        ("g-601-0701740605" + TAIL, Direction.IN, "601", "0701740605"),
        ("r-601-0701740605" + TAIL, Direction.IN, "601", "0701740605"),
        ("out-0701740605-3201" + TAIL, Direction.OUT, "0701740605", "3201"),
        ("OUT-0701740605-3201" + TAIL, Direction.OUT, "0701740605", "3201"),
        ("force-0701XXXX4605-3201" + TAIL, Direction.OUT, "0701XXXX4605", "3201"),
        ("ondemand-3201-0701740605" + TAIL, Direction.IN, "3201", "0701740605"),
        ("parked-3201-unknown" + TAIL, Direction.IN, "3201", "unknown"),
        ("internal-3201-3202" + TAIL, None, "3201", "3202"),
    ],
)
def test_the_names_of_recorders_are_read(name: str, direction: Direction | None, dest: str, caller: str) -> None:
    facts = read(name)
    assert (facts.direction, facts.dest, facts.caller) == (direction, dest, caller)
    assert (facts.local, facts.epoch_s, facts.problems) == (AT, 1795435500.0, ())
    assert facts.is_internal == ("internal-" in name)


@pytest.mark.parametrize(
    ("name", "dest", "caller"),
    [
        ("in-3201-08-465-004-00" + TAIL, "3201", "08-465-004-00"),
        ("out-08-465-004-00-3201" + TAIL, "08-465-004-00", "3201"),
        ("force-08-465-004-00-3201" + TAIL, "08-465-004-00", "3201"),
        ("in-3201-Eriksson-Berg" + TAIL, "3201", "Eriksson-Berg"),
        ("in-3201-0701740605-20250101-120000" + TAIL, "3201", "0701740605-20250101-120000"),
    ],
)
def test_hyphens_in_numbers_and_names_do_not_break_the_reading(name: str, dest: str, caller: str) -> None:
    facts = read(name)
    assert (facts.dest, facts.caller, facts.local) == (dest, caller, AT)


@pytest.mark.parametrize("unique", ["1795435500.265", "pbx-1795435500.1", "pbx-a-20200101-1795435500.99"])
def test_a_system_name_in_the_uniqueid_may_hold_hyphens(unique: str) -> None:
    facts = read(f"in-3201-0701740605-20261123-140502-{unique}.WAV")
    assert (facts.local, facts.epoch_s, facts.caller) == (AT, 1795435500.0, "0701740605")


@pytest.mark.parametrize(
    "name",
    [
        "in-08-465-004-00-070-174-06-05" + TAIL,
        "force-3201-08-465-3202" + TAIL,
        "in-0701740605" + TAIL,
        "in" + TAIL,
    ],
)
def test_what_can_be_read_in_two_ways_is_a_problem_not_a_guess(name: str) -> None:
    facts = read(name)
    assert (facts.dest, facts.caller) == (None, None)
    assert facts.local == AT
    assert facts.problems


def test_two_outside_numbers_of_an_unknown_type_have_no_direction() -> None:
    facts = read("force-0701740605-0701740606" + TAIL)
    assert facts.direction is None
    assert facts.problems == ("it cannot be told whether the customer called or was called",)


@pytest.mark.parametrize("stamp", ["20261323-140502", "20261123-250000", "00010101-000000", "99991231-235959"])
def test_an_impossible_time_is_a_problem(stamp: str) -> None:
    facts = read(f"in-3201-0701740605-{stamp}-1795435500.265.wav")
    assert facts.local is None
    assert "the date and time are none" in facts.problems
    assert facts.epoch_s == 1795435500.0


def test_a_name_without_a_uniqueid_keeps_its_time() -> None:
    facts = read("in-3201-0701740605-20261123-140502.wav")
    assert (facts.local, facts.epoch_s) == (AT, None)
    assert facts.problems == ("there is no uniqueid after the time",)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".wav",
        "a.wav",
        "in-3201.wav",
        "7d0c4c8e-5c7b-4e2f-9a57-0f1f6f0f1a11.wav",
        "../../x.wav",
        "\ufffd.wav",
    ],
)
def test_another_recorders_name_gives_nothing_but_a_problem(name: str) -> None:
    assert read(name) == NameFacts(problems=("the file name is not one of FreePBX",))


def test_a_bare_uniqueid_still_tells_when_the_channel_was_made() -> None:
    assert read("1795435500.265.wav").epoch_s == 1795435500.0


def test_problems_hold_no_text_of_the_name() -> None:
    facts = read("in-0701740605-0701740606-0701740607" + TAIL)
    assert facts.problems
    assert not any("07017" in problem for problem in facts.problems)


@given(st.text(alphabet="inoutq-0123456789.+/\n\x1b[]%ä", max_size=80))
def test_no_name_raises_anything(text: str) -> None:
    for name in (text, text + TAIL, "in-" + text + TAIL):
        read(name)


def test_legs_and_their_mix_have_one_key_and_are_told_apart() -> None:
    whole, heard, said = (
        read(f"q-600-0701740605-20261123-140502-1795435500.265{end}.wav") for end in ("", "-in", "-OUT")
    )
    assert whole.call_key == heard.call_key == said.call_key
    assert [facts.leg for facts in (whole, heard, said)] == ["", "in", "out"]
    assert {facts.call_id for facts in (whole, heard, said)} == {"1795435500.265"}
    assert (heard.local, heard.caller) == (AT, "0701740605")
    assert whole.call_key != read("q-600-0701740605-20261123-140502-1795435500.266.wav").call_key


@pytest.mark.parametrize("name", ["legs-1795460965.5-in.wav", "q-601-1795460965.5-in.WAV", "1795460965.5-in.wav"])
def test_a_name_that_only_ends_in_a_uniqueid_tells_its_call_and_its_leg(name: str) -> None:
    facts = read(name)
    assert (facts.call_id, facts.leg, facts.epoch_s) == ("1795460965.5", "in", 1795460965.0)
    assert facts.problems == ("the file name is not one of FreePBX",)


def test_the_system_name_is_a_part_of_the_uniqueid() -> None:
    assert read("in-3201-0701740605-20261123-140502-pbx-a-1795435500.1.wav").call_id == "pbx-a-1795435500.1"
