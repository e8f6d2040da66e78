"""Every term that can be typed, and that nothing that can be typed does harm."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UnknownTerm
from agent.services.query import contact_terms, entry_terms
from db.queries.contacts import Term, TermKind
from db.queries.log_search import EntryTerm, EntryTermKind

HELSINKI = ZoneInfo("Europe/Helsinki")
TODAY = date(2026, 2, 3)
HOUR_MS = 3_600_000


def read(query: str, country: str = "SE") -> tuple[Term, ...]:
    return contact_terms(query, zone=HELSINKI, country=country, today=TODAY)


def read_entries(query: str) -> tuple[EntryTerm, ...]:
    return entry_terms(query, zone=HELSINKI, country="SE", today=TODAY)


def utc_ms(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]  # year, month, …


def why(query: str) -> str:
    with pytest.raises(UnknownTerm) as caught:
        read(query)
    return caught.value.parameters["why"]


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "   ", "-", " \t\n", '""'])
def test_an_empty_query_asks_nothing(query: str) -> None:
    assert read(query) == ()


def test_words_are_joined_and_a_minus_is_not() -> None:
    assert read("läcka  -vatten") == (
        Term(TermKind.TEXT, "läcka"),
        Term(TermKind.TEXT, "vatten", negated=True),
    )


def test_quotes_hold_words_together() -> None:
    assert read('service:"Akut jour" "på gatan"') == (
        Term(TermKind.SERVICE, "Akut jour"),
        Term(TermKind.TEXT, "på gatan"),
    )


def test_a_quote_that_is_not_closed_reaches_to_the_end() -> None:
    assert read('service:"Akut jo') == (Term(TermKind.SERVICE, "Akut jo"),)


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("adviser:anna", Term(TermKind.ADVISER, "anna")),
        ("ADVISER:anna", Term(TermKind.ADVISER, "anna")),
        ("-adviser:anna", Term(TermKind.ADVISER, "anna", negated=True)),
        ("service:vatten", Term(TermKind.SERVICE, "vatten")),
        ("direction:IN", Term(TermKind.DIRECTION, "in")),
        ("case:HRM-12", Term(TermKind.CASE, "HRM-12")),
        ("tag:vip", Term(TermKind.TAG, "vip")),
        ("source:pbx", Term(TermKind.SOURCE, "pbx")),
        ("has:note", Term(TermKind.HAS_NOTE)),
        ("-has:attention", Term(TermKind.ATTENTION, negated=True)),
    ],
)
def test_a_field_asks_for_its_value(query: str, term: Term) -> None:
    assert read(query) == (term,)


# --- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["number:0701740605", "number:+46701740605", "number:0046701740605", 'number:"070-174 06 05"']
)
def test_one_number_is_one_number_however_it_is_written(query: str) -> None:
    assert read(query) == (Term(TermKind.NUMBER, "+46701740605"),)


def test_a_number_without_a_country_is_read_in_the_installation_s() -> None:
    assert read("number:07700900123", country="GB") == (Term(TermKind.NUMBER, "+447700900123"),)


def test_a_star_asks_for_the_last_digits() -> None:
    assert read("number:*0605") == (Term(TermKind.NUMBER_ENDING, "0605"),)


def test_secret_numbers_can_be_asked_for() -> None:
    assert read("-number:withheld") == (Term(TermKind.WITHHELD, negated=True),)


@pytest.mark.parametrize("query", ["number:12", "number:anna", "number:*", "number:*12a", "number:**", "number:+"])
def test_what_is_no_number_is_refused(query: str) -> None:
    assert "number:*4567" in why(query)


# --- times ---------------------------------------------------------------------------------------------------------


def test_after_is_from_the_beginning_of_the_local_day_and_before_up_to_it() -> None:
    midnight_ms = utc_ms(2026, 1, 30, 22)
    assert read("after:2026-01-31") == (Term(TermKind.AFTER, midnight_ms),)
    assert read("before:2026-01-31") == (Term(TermKind.BEFORE, midnight_ms),)


def test_on_is_the_whole_local_day() -> None:
    assert read("on:2026-01-31") == (
        Term(TermKind.AFTER, utc_ms(2026, 1, 30, 22)),
        Term(TermKind.BEFORE, utc_ms(2026, 1, 31, 22)),
    )


def test_not_on_is_any_time_but_that_day() -> None:
    day = f"{utc_ms(2026, 1, 30, 22)}/{utc_ms(2026, 1, 31, 22)}"
    assert read("-on:2026-01-31") == (Term(TermKind.OFF, day),)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-03-30", 24)])
def test_a_day_on_which_the_clocks_change_has_its_own_length(day: str, hours: int) -> None:
    after, before = read(f"on:{day}")
    assert int(before.value) - int(after.value) == hours * HOUR_MS


@pytest.mark.parametrize(
    ("said", "day"),
    [("today", "2026-02-03"), ("Yesterday", "2026-02-02"), ("-7d", "2026-01-27"), ("-2w", "2026-01-20")],
)
def test_days_can_be_relative(said: str, day: str) -> None:
    assert read(f"on:{said}") == read(f"on:{day}")
    assert read(f"after:{said}") == read(f"after:{day}")


@pytest.mark.parametrize(
    "said", ["2026-01-31T08:15:00+02:00", "2026-01-31T06:15Z", "2026-01-31T06:15:00.000Z", "2026-01-31T08:15"]
)
def test_an_instant_can_be_written_out(said: str) -> None:
    assert read(f"after:{said}") == (Term(TermKind.AFTER, utc_ms(2026, 1, 31, 6, 15)),)


@pytest.mark.parametrize(
    "query", ["after:soon", "on:2026-02-30", "before:9999-12-31T23:59:59-23:59", "on:9999-12-31", "after:-99999d"]
)
def test_what_is_no_time_is_refused(query: str) -> None:
    if query.startswith("before:"):
        assert read(query)  # far away, and still an instant
    elif query == "after:-99999d":
        assert read(query)
    else:
        assert "2026-01-31" in why(query)


@pytest.mark.parametrize(
    ("said", "seconds"), [("30s", 30), ("5m", 300), ("1h30m", 5400), ("1h", 3600), ("90", 90), ("2m5", 125)]
)
def test_a_length_is_written_with_its_units_or_in_seconds(said: str, seconds: int) -> None:
    assert read(f"longer:{said}") == (Term(TermKind.LONGER, seconds * 1000),)
    assert read(f"shorter:{said}") == (Term(TermKind.SHORTER, seconds * 1000),)


@pytest.mark.parametrize("said", ["m", "5x", "-5m", "1e9", "99999999999999999999", "٣m"])
def test_what_is_no_length_is_refused(said: str) -> None:
    assert "1h30m" in why(f"longer:{said}")


# --- mistakes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "nearest"),
    [("advisor:anna", "adviser:"), ("serv:x", "service:"), ("numer:1", "number:"), ("s:x", "service:")],
)
def test_a_mistaken_field_is_told_the_nearest(query: str, nearest: str) -> None:
    assert f"did you mean {nearest}" in why(query)


def test_a_field_like_no_other_is_told_so() -> None:
    assert why("xyzzy:1") == "there is no field xyzzy:"


@pytest.mark.parametrize("query", ["adviser:", 'tag:""', "-number:", "on: today"])
def test_a_field_without_a_value_is_refused(query: str) -> None:
    assert "nothing stands behind" in why(query)


@pytest.mark.parametrize("query", ["direction:up", "has:money"])
def test_a_value_that_there_is_not_is_refused(query: str) -> None:
    assert why(query)


# --- the log -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "term"),
    [
        ("actor:anna", EntryTerm(EntryTermKind.ACTOR, "anna")),
        ("-actor:anna", EntryTerm(EntryTermKind.ACTOR, "anna", negated=True)),
        ("action:contact.*", EntryTerm(EntryTermKind.ACTION, "contact.")),
        ("action:contact.", EntryTerm(EntryTermKind.ACTION, "contact.")),
        ("action:*", EntryTerm(EntryTermKind.ACTION, "*")),
        ("outcome:Refused", EntryTerm(EntryTermKind.OUTCOME, "refused")),
        ("contact:c1", EntryTerm(EntryTermKind.CONTACT, "c1")),
        ("same-caller:c1", EntryTerm(EntryTermKind.SAME_CALLER, "c1")),
        ("number:0701740605", EntryTerm(EntryTermKind.NUMBER, "+46701740605")),
        ('number:"0046 70 174 06 05"', EntryTerm(EntryTermKind.NUMBER, "+46701740605")),
        ("-number:*0605", EntryTerm(EntryTermKind.NUMBER_ENDING, "0605", negated=True)),
        ("searched:Läcka", EntryTerm(EntryTermKind.SEARCHED, "Läcka")),
        ("case:C-118", EntryTerm(EntryTermKind.CASE, "C-118")),
        ("reason:out-of-scope", EntryTerm(EntryTermKind.REASON, "out-of-scope")),
        ("request:Of_a-script", EntryTerm(EntryTermKind.REQUEST, "Of_a-script")),
        ("session:00ff00ff00ff00ff", EntryTerm(EntryTermKind.SESSION, "00ff00ff00ff00ff")),
        ("via:TUI", EntryTerm(EntryTermKind.VIA, "tui")),
        ("purpose:*", EntryTerm(EntryTermKind.PURPOSE, "*")),
        ("target:c1", EntryTerm(EntryTermKind.TARGET, "c1")),
        ("purpose:complaint", EntryTerm(EntryTermKind.PURPOSE, "complaint")),
        ("uid:1000", EntryTerm(EntryTermKind.UID, 1000)),
        ("after:2026-01-31", EntryTerm(EntryTermKind.AFTER, utc_ms(2026, 1, 30, 22))),
    ],
)
def test_the_log_has_fields_of_its_own(query: str, term: EntryTerm) -> None:
    assert read_entries(query) == (term,)


def test_a_day_of_the_log_is_a_whole_day() -> None:
    assert read_entries("on:today") == (
        EntryTerm(EntryTermKind.AFTER, utc_ms(2026, 2, 2, 22)),
        EntryTerm(EntryTermKind.BEFORE, utc_ms(2026, 2, 3, 22)),
    )


@pytest.mark.parametrize("query", ["anna", "adviser:anna", "outcome:maybe", "uid:root", "uid:", "on:soon"])
def test_what_the_log_does_not_have_is_refused(query: str) -> None:
    with pytest.raises(UnknownTerm):
        read_entries(query)


def test_free_text_in_the_log_is_told_the_fields() -> None:
    with pytest.raises(UnknownTerm) as caught:
        read_entries("anna")
    assert "actor:, action:, outcome:" in caught.value.parameters["why"]


# --- anything ------------------------------------------------------------------------------------------------------

FIELDS = (
    "number adviser service direction after before on longer shorter case tag has source"
    " actor uid outcome searched via x"
)
typed = st.lists(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "-", "--", " "]),
        st.sampled_from(["", *(f"{field}:" for field in FIELDS.split())]),
        st.one_of(
            st.text(max_size=12),
            st.text('0123456789-+*:TZdwhms." ', max_size=24),
            st.text(st.characters(codec=None), max_size=6),
        ),
    ),
    max_size=4,
).map(" ".join)


@given(typed)
def test_whatever_is_typed_is_understood_or_refused(query: str) -> None:
    for reading in (read, read_entries):
        try:
            terms = reading(query)
        except UnknownTerm as refused:
            assert refused.parameters["why"]  # noqa: PT017 - either outcome is right
            continue
        assert all(isinstance(term.value, str | int) for term in terms)
        assert all(abs(term.value) < 1 << 53 for term in terms if isinstance(term.value, int))
