from __future__ import annotations

import pytest

from tui.query_terms import put_together, taken_apart, written

NAMES = ("service", "adviser", "after")


def test_a_value_with_a_blank_is_quoted() -> None:
    assert written("adviser", "Anna Berg") == 'adviser:"Anna Berg"'
    assert written("adviser", ' Anna "x" Berg ') == 'adviser:"Anna x Berg"'
    assert written("adviser", "anna") == "adviser:anna"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "service:vatten",
        'adviser:"Anna Berg" after:2026-01-31 pump -service:avlopp longer:5m',
        "free text only",
    ],
)
def test_a_query_survives_the_form(query: str) -> None:
    values, rest = taken_apart(query, NAMES)
    again, rest_again = taken_apart(put_together(values, rest), NAMES)
    assert (again, rest_again) == (values, rest)


def test_terms_that_the_form_has_no_field_for_stay() -> None:
    values, rest = taken_apart('adviser:"Anna Berg" pump -service:avlopp longer:5m', NAMES)
    assert values == {"adviser": "Anna Berg"}
    assert rest == "pump -service:avlopp longer:5m"


def test_a_term_that_stands_twice_is_not_lost() -> None:
    values, rest = taken_apart("service:vatten service:avlopp", NAMES)
    assert values == {"service": "avlopp"}
    assert rest == "service:vatten"


def test_empty_fields_are_left_out() -> None:
    assert put_together({"service": "", "adviser": "  ", "after": "2026-01-31"}, " x ") == "after:2026-01-31 x"
