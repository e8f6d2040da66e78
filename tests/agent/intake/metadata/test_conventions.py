"""Every recorder's names, good and bad, through the table that a source's convention is looked up in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake.metadata.conventions import READERS, legs_of, read_name
from agent.intake.metadata.name import NO_DIRECTION, NO_PARTIES, NO_TIME, NameFacts
from agent.intake.numbers import is_extension
from agent.settings import Source
from agent.settings.source import Convention
from agent.wire import Direction

AT = datetime.fromisoformat("2026-11-23T14:05:02")
UUID = "7d0c4c8e-5c7b-4e2f-9a57-0f1f6f0f1a11"
HOUSE = {"+46846500400", "600"}
PATTERN = "{start:YYYYMMDD_HHMMSS}_{extension}-{number}[_{leg}]"


def source_of(convention: str, **more: Any) -> Source:
    if convention == "pattern":
        more.setdefault("name_pattern", PATTERN)
    return Source(name="pbx", spool=Path("/nowhere/spool"), convention=convention, **more)


def read(convention: str, name: str, **more: Any) -> NameFacts:
    return read_name(source_of(convention, **more), name, lambda party: is_extension(party) or party in HOUSE)


def test_every_convention_has_a_reader() -> None:
    assert set(READERS) | {"pattern"} == set(get_args(Convention))


# --- Issabel ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "dest", "caller", "direction"),
    [
        ("out", "0701740605", "3201", Direction.OUT),
        ("o", "0701740605", "3201", Direction.OUT),
        ("g", "601", "0701740605", Direction.IN),
        ("rg", "601", "0701740605", Direction.IN),
        ("q", "600", "0701740605", Direction.IN),
        ("in", "3201", "0701740605", Direction.IN),
        ("exten", "3201", "0701740605", Direction.IN),
        ("exten", "0701740606", "0701740605", Direction.IN),
        ("force", "0701740605", "3201", Direction.OUT),
        ("ondemand", "0701740605", "3201", Direction.OUT),
    ],
)
def test_issabel_tells_the_direction_by_the_first_letter(
    kind: str, dest: str, caller: str, direction: Direction
) -> None:
    facts = read("issabel", f"{kind}-{dest}-{caller}-20261123-140502-1795435500.265.wav")
    assert (facts.direction, facts.dest, facts.caller) == (direction, dest, caller)
    assert (facts.local, facts.call_id, facts.problems) == (AT, "1795435500.265", ())


def test_issabel_has_internal_calls_too() -> None:
    facts = read("issabel", "internal-3201-3202-20261123-140502-1795435500.265.wav")
    assert (facts.direction, facts.is_internal, facts.problems) == (None, True, ())


# --- FreeSWITCH ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "day"),
    [
        (f"archive/2015/Oct/31/{UUID}.wav", date(2015, 10, 31)),
        (f"pbx.example/archive/2026/may/01/{UUID.upper()}.WAV", date(2026, 5, 1)),
        (f"{UUID}.wav", None),
    ],
)
def test_freeswitch_tells_the_call_and_by_its_folders_the_day(name: str, day: date | None) -> None:
    assert read("freeswitch", name) == NameFacts(call_id=UUID, day=day)


@pytest.mark.parametrize("folder", ["archive/2015/Okt/31", "archive/2015/Feb/30", "archive/0001/Jan/01"])
def test_a_freeswitch_folder_that_is_no_day_is_a_problem(folder: str) -> None:
    assert read("freeswitch", f"{folder}/{UUID}.wav") == NameFacts(call_id=UUID, problems=(NO_TIME,))


# --- VICIdial -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "extension", "adviser", "number"),
    [
        ("20261123-140502_6666", "6666", None, None),
        ("20261123-140502_anna", None, "anna", None),
        ("20261123-140502_0701740605", None, None, "0701740605"),
        ("20261123-140502_+46701740605", None, None, "+46701740605"),
    ],
)
def test_vicidial_names_an_adviser_or_a_customer(
    stem: str, extension: str | None, adviser: str | None, number: str | None
) -> None:
    facts = read("vicidial", f"MIX/{stem}-all.wav")
    assert (facts.extension, facts.adviser, facts.number) == (extension, adviser, number)
    assert (facts.local, facts.direction, facts.problems) == (AT, None, (NO_DIRECTION,))


@pytest.mark.parametrize("stem", ["20261123-140502_123456", "20261123-140502_"])
def test_a_party_of_vicidial_that_can_be_either_is_neither(stem: str) -> None:
    facts = read("vicidial", f"{stem}.wav")
    assert (facts.extension, facts.adviser, facts.number) == (None, None, None)
    assert "it cannot be told whose number that is" in facts.problems


@pytest.mark.parametrize("digits", ["261123140502", "26112314050277"])
def test_vicidial_names_a_campaign_and_a_customer(digits: str) -> None:
    facts = read("vicidial", f"VATTEN_{digits}_0701740605-all.wav")
    assert (facts.queue, facts.number, facts.local) == ("VATTEN", "0701740605", AT)


def test_a_time_of_vicidial_that_can_be_read_in_two_ways_is_none() -> None:
    facts = read("vicidial", "VATTEN_20051020103108_0701740605.wav")
    assert (facts.local, NO_TIME in facts.problems) == (None, True)


def test_the_legs_of_vicidial_and_their_mix_have_one_key() -> None:
    files = [read("vicidial", f"20051020-103108_6666{end}.wav") for end in ("-in", "-out", "-all", "")]
    assert {facts.call_key for facts in files} == {"20051020-103108_6666"}
    assert [facts.leg for facts in files] == ["in", "out", "", ""]


# --- Oreka --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["2026/11/23/14/20261123_140502_5060.wav", "20261123_140502_5060-ab12.wav"])
def test_oreka_tells_when(name: str) -> None:
    assert read("oreka", name) == NameFacts(local=AT, local_said="20261123_140502")


def test_oreka_can_be_told_to_write_other_names_and_what_it_does_not_know_is_missing() -> None:
    pattern = "{start:YYYYMMDD_HHMMSS}_{direction}_{extension}_{number}_{id}"
    known = read("oreka", "20261123_140502_in_3201_0701740605_abc.wav", name_pattern=pattern)
    assert (known.direction, known.extension, known.number, known.call_id) == (
        Direction.IN,
        "3201",
        "0701740605",
        "abc",
    )
    missing = read("oreka", "20261123_140502_unkn_nolocalparty_noremoteparty_nonativecallid.wav", name_pattern=pattern)
    assert (missing.direction, missing.extension, missing.number, missing.call_id) == (None, None, None, None)
    assert missing.local == AT


# --- rtpengine ----------------------------------------------------------------------------------------------


def test_rtpengine_tells_the_call_and_the_stream() -> None:
    mix = read("rtpengine", "a-84b4c76e66710%40pbx.example-0123456789abcdef-mix.wav")
    one = read("rtpengine", "a-84b4c76e66710%40pbx.example-0123456789abcdef-9A3C11F0.wav")
    assert mix.call_id == one.call_id == "a-84b4c76e66710@pbx.example"
    assert mix.call_key == one.call_key == "a-84b4c76e66710%40pbx.example-0123456789abcdef"
    assert (mix.leg, one.leg) == ("", "9a3c11f0")
    other = read("rtpengine", "a-84b4c76e66710%40pbx.example-0123456789abcdee-mix.wav")
    assert other.call_key != mix.call_key


# --- Wazo ---------------------------------------------------------------------------------------------------


def test_wazo_writes_utc_whatever_the_zone() -> None:
    facts = read("wazo", f"2026-11-23T12_05_02UTC-17-{UUID}.wav", zone="Asia/Tokyo")
    assert (facts.local, facts.call_id) == (datetime(2026, 11, 23, 12, 5, 2, tzinfo=UTC), UUID)
    assert read("wazo", f"{UUID}.wav") == NameFacts(call_id=UUID)
    assert read("wazo", f"2026-13-23T12_05_02UTC-17-{UUID}.wav").problems == (NO_TIME,)


# --- 3CX ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "direction", "dest", "caller"),
    [
        ("[]_100-0701740605_20261123140502(2)", Direction.OUT, "0701740605", "100"),
        ("[Kund, En]_0701740605-100_20261123140502(17)", Direction.IN, "100", "0701740605"),
        ("[a]_b-c_[d]_%2B46701740605-100_20261123140502(17)", Direction.IN, "100", "+46701740605"),
        ("[]_-100_20261123140502(3)", Direction.IN, "100", ""),
        ("[]_08-465 004 00-100_20261123140502(3)", Direction.IN, "100", "08-465 004 00"),
    ],
)
def test_3cx_is_read_from_the_right(stem: str, direction: Direction, dest: str, caller: str) -> None:
    facts = read("3cx", f"100/{stem}.wav")
    assert (facts.direction, facts.dest, facts.caller) == (direction, dest, caller)
    assert (facts.local, facts.problems) == (AT, ())


def test_3cx_has_internal_calls_and_ones_that_cannot_be_told() -> None:
    internal = read("3cx", "[Anna]_100-101_20261123140502(4).wav")
    assert (internal.is_internal, internal.direction, internal.problems) == (True, None, ())
    outside = read("3cx", "[]_0701740605-0701740606_20261123140502(4).wav")
    assert (outside.direction, outside.problems) == (None, (NO_DIRECTION,))
    parts = read("3cx", "[]_070-174-06-05-0701740606_20261123140502(4).wav")
    assert (parts.dest, parts.problems) == (None, (NO_PARTIES, NO_DIRECTION))
    assert read("3cx", "[]_100-0701740605_20261323140502(2).wav").problems == (NO_TIME,)


# --- Puzzel -------------------------------------------------------------------------------------------------


def test_puzzel_tells_the_session_and_each_of_its_recordings_is_a_contact() -> None:
    first, second = (read("puzzel", f"123456789_{number}.WAV") for number in (1, 2))
    assert first == second == NameFacts(call_id="123456789")
    assert first.call_key is None


def test_puzzels_caller_is_left() -> None:
    assert legs_of(source_of("puzzel"), 2) == ("caller", "adviser")
    assert legs_of(source_of("puzzel"), 1) == ()
    assert legs_of(source_of("puzzel", legs=["adviser", "caller"]), 2) == ("adviser", "caller")
    assert legs_of(source_of("freepbx"), 2) == ()
    assert legs_of(source_of("freepbx", legs=["adviser", "caller"]), 4) == ()


# --- percent-encoded ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "first", "second", "dest", "caller"),
    [
        ("in", "%2B46701740605", "%2B46846500400", "+46846500400", "+46701740605"),
        ("IN", "%2B46846500400", "%2B46701740605", "+46846500400", "+46701740605"),
        ("out", "%2B46846500400", "%2B46701740605", "+46701740605", "+46846500400"),
        ("in", "3201", "", "3201", ""),
    ],
)
def test_percent_encoded_numbers_are_told_apart_by_whose_they_are(
    way: str, first: str, second: str, dest: str, caller: str
) -> None:
    facts = read("encoded", f"myrecordings_20261123_140502_{way}_{first}_{second}.WAV")
    assert (facts.direction, facts.dest, facts.caller) == (Direction(way.lower()), dest, caller)
    assert (facts.local, facts.problems) == (AT, ())


@pytest.mark.parametrize(
    ("first", "second"), [("%2B46701740605", "%2B46701740606"), ("3201", "3202"), ("%2B46701740605", "")]
)
def test_percent_encoded_numbers_of_which_none_or_both_are_ours_are_nobodys(first: str, second: str) -> None:
    facts = read("encoded", f"myrecordings_20261123_140502_in_{first}_{second}.WAV")
    assert (facts.dest, facts.caller, facts.direction) == (None, None, Direction.IN)
    assert facts.problems == (NO_PARTIES,)


# --- a site's own -------------------------------------------------------------------------------------------


def test_a_sites_own_names_are_read_by_its_template() -> None:
    facts = read("pattern", "20261123_140502_3201-0701740605_IN.wav")
    assert (facts.local, facts.local_said) == (AT, "2026 11 23 14 05 02")
    assert (facts.extension, facts.number, facts.leg) == ("3201", "0701740605", "in")
    assert facts.problems == ()
    mix = read("pattern", "20261123_140502_3201-0701740605.wav")
    assert (mix.leg, mix.call_key) == ("", facts.call_key)
    assert read("pattern", "20261123_140502_3201-0701740606.wav").call_key != facts.call_key


def test_a_template_may_have_the_sites_own_words_for_directions_and_for_what_is_missing() -> None:
    settings = {
        "name_pattern": "{direction}_{caller}_{called}_{day:YYYYMMDD}",
        "directions": {"Inkommande": "in"},
        "missing": ["saknas"],
    }
    facts = read("pattern", "INKOMMANDE_%2B46701740605_saknas_20261123.wav", **settings)
    assert (facts.direction, facts.caller, facts.dest, facts.day) == (
        Direction.IN,
        "+46701740605",
        None,
        date(2026, 11, 23),
    )
    sideways = read("pattern", "sidledes_0701740605_3201_20261123.wav", **settings)
    assert (sideways.direction, sideways.problems) == (None, (NO_DIRECTION,))


def test_a_template_without_a_direction_tells_it_by_whose_the_parties_are() -> None:
    facts = read("pattern", "0701740605-3201.wav", name_pattern="{caller}-{called}")
    assert facts.direction is Direction.IN


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("1795435502", datetime(2026, 11, 23, 12, 5, 2, tzinfo=UTC)),
        ("1795435502500", datetime(2026, 11, 23, 12, 5, 2, 500_000, tzinfo=UTC)),
    ],
)
def test_an_epoch_in_a_template_is_when_the_recording_began(name: str, at: datetime) -> None:
    assert read("pattern", f"x-{name}.wav", name_pattern="{any}-{epoch}").local == at


def test_names_that_do_not_fit_a_template_or_fit_it_twice_give_nothing_but_a_problem() -> None:
    assert read("pattern", "otherwise.wav").problems == ("the file name does not fit the source's name_pattern",)
    twice = read("pattern", "a-b-c.wav", name_pattern="{adviser}-{queue}")
    assert twice == NameFacts(problems=("the file name can be read in two ways by the source's name_pattern",))
    assert read("pattern", "20261323_140502_3201-0701740605.wav").problems == (NO_TIME,)


# --- all of them --------------------------------------------------------------------------------------------

OTHERS = [
    "",
    ".wav",
    "a.wav",
    "in-3201.wav",
    "../../x.wav",
    "\ufffd.wav",
    "[].wav",
    "a/b/c/.wav",
    "-in.wav",
    "%00.wav",
    "[red]x[/red].wav",
    "\x1b[2J.wav",
]


@pytest.mark.parametrize("convention", sorted(set(get_args(Convention)) - {"plain"}))
@pytest.mark.parametrize("name", OTHERS)
def test_another_recorders_name_gives_nothing_but_a_problem(convention: str, name: str) -> None:
    facts = read(convention, name)
    assert len(facts.problems) == 1
    assert facts == NameFacts(problems=facts.problems)


@pytest.mark.parametrize("convention", get_args(Convention))
def test_problems_hold_no_text_of_the_name(convention: str) -> None:
    for name in (
        "in-0701740605-0701740606-0701740607-20261323-140502-1795435500.265.wav",
        "[]_0701740605-0701740606_20261323140502(4).wav",
        "x_20261323_140502_in_0701740605_0701740606.wav",
        "20261323-140502_0701740605.wav",
    ):
        assert not any("07017" in problem for problem in read(convention, name).problems)


@given(
    st.sampled_from(get_args(Convention)),
    st.text(alphabet="inoutmixq-_0123456789.+/\n\x1b[]()%äTUC", max_size=80),
    st.sampled_from(
        ["", "-in", "_in_", "-20261123-140502-1795435500.1", "_20261123140502(1)", "-0123456789abcdef-mix"]
    ),
)
def test_no_name_raises_anything(convention: str, text: str, end: str) -> None:
    facts = read(convention, text + end + ".wav")
    assert facts.local is None or facts.local.year in range(1990, 2100)
