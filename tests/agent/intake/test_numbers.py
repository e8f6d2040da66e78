from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.intake.numbers import Number, is_extension, read_number


@pytest.mark.parametrize(
    ("said", "country"),
    [
        ("0701740605", "SE"),
        ("070-174 06 05", "SE"),
        (" 070 174 06 05 ", "SE"),
        ("+46701740605", "FI"),
        ("+46 (70) 174-06-05", "FI"),
        ("0046701740605", "FI"),
        ("0046 70 174 06 05", "FI"),
        ("0046701740605", "US"),
        ("%2B46701740605", "FI"),
        ("%2b46%20701740605", "FI"),
        ("46701740605", "SE"),
        ("46701740605", "FI"),
        ("701740605", "SE"),
        ("sip:+46701740605@pbx.example;user=phone", "FI"),
        ("tel:+46-70-174-06-05", "FI"),
    ],
)
def test_every_way_to_write_a_number_is_one_number(said: str, country: str) -> None:
    assert read_number(said, country=country) == Number("+46701740605", False, said)


@pytest.mark.parametrize(
    ("said", "country", "e164"),
    [
        ("08-465 004 00", "SE", "+46846500400"),
        ("07700900123", "GB", "+447700900123"),
        ("+447700900123", "FI", "+447700900123"),
    ],
)
def test_a_number_need_be_possible_not_assigned(said: str, country: str, e164: str) -> None:
    assert read_number(said, country=country).e164 == e164


@pytest.mark.parametrize(
    "said",
    ["", "  ", "unknown", "Unknown", "anonymous", "Anonymous", "restricted", "noremoteparty", "null", "NULL"],
)
def test_a_withheld_number_is_withheld_and_no_problem(said: str) -> None:
    assert read_number(said, country="FI") == Number(None, True, said)


def test_a_source_adds_its_own_words_for_withheld() -> None:
    assert read_number("Okänt", country="FI", withheld_words=["okänt"]).withheld
    assert not read_number("Okänt", country="FI").withheld


@pytest.mark.parametrize("said", ["1", "600", "3201", "99999"])
def test_an_internal_number_is_no_customers(said: str) -> None:
    number = read_number(said, country="FI")
    assert (number.e164, number.withheld) == (None, False)
    assert "internal" in number.problem
    assert is_extension(said)


def test_a_configured_extension_may_be_longer() -> None:
    assert read_number("0701740699", country="SE", extensions={"0701740699"}).e164 is None
    assert read_number("0701740699", country="SE").e164 == "+46701740699"


@pytest.mark.parametrize(
    "said",
    [
        "0701XXXX4605",
        "0800-FLOWERS",
        "Anna",
        "+",
        "+46",
        "0" * 40,
        "+46701740605+46701740606",
        "0701740605;drop",
        "[red]0701740605[/red]",
        "0701740605\x1b[2J",
        "٠٧٠١٧٤٠٦٠٥",
        "\ufffd\ufffd",
        "+999123456789",
    ],
)
def test_garbage_is_kept_as_it_was_said_and_never_guessed(said: str) -> None:
    number = read_number(said, country="SE")
    assert (number.e164, number.withheld, number.said) == (None, False, said)
    assert number.problem


def test_a_number_that_can_be_national_or_foreign_is_not_guessed() -> None:
    # Without the zero it is no valid Finnish number, and neither is the other reading certain.
    assert read_number("447700900123", country="FI").e164 is None
    assert read_number("447700900123", country="GB").e164 == "+447700900123"


def test_the_text_that_is_kept_is_bounded() -> None:
    assert len(read_number("9" * 10_000, country="FI").said) == 200


@given(st.text(), st.sampled_from(["FI", "SE", "GB", "US", "NO", "XX"]))
def test_no_text_raises_anything(said: str, country: str) -> None:
    number = read_number(said, country=country)
    assert number.e164 is None or number.e164.startswith("+")
    assert not (number.e164 and (number.withheld or number.problem))
