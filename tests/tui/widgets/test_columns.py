from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.tui.hostile import HOSTILE
from tui.widgets.columns import Column, fitted, fitted_widths, line_width
from tui.widgets.contacts_table import COLUMNS


def _column(width: int, most: int | None = None) -> Column[str]:
    return Column(label="x", width=width, most=most, words=str)


def test_what_is_left_goes_to_the_columns_that_can_grow() -> None:
    columns = (_column(10), _column(5, most=8), _column(5, most=50))
    widths = fitted_widths(columns, 40)
    assert widths[0] == 10
    assert widths[1] == 8
    assert line_width(widths) == 40


def test_no_column_falls_below_its_least_width() -> None:
    assert fitted_widths((_column(10), _column(5, most=8)), 3) == [10, 5]


def test_the_contacts_fill_a_line_of_eighty_beside_its_scroll_bar() -> None:
    assert line_width([column.width for column in COLUMNS]) == 79


@pytest.mark.parametrize("text", ["", "short", "a text that is too long", "漢字漢字漢字", *HOSTILE])
def test_a_cell_has_exactly_its_width(text: str) -> None:
    assert cell_len(fitted(text, 10)) == 10


def test_a_cut_text_ends_with_an_ellipsis() -> None:
    assert fitted("Helsingfors", 6) == "Helsi…"


def test_a_number_stands_at_the_right() -> None:
    assert fitted("7:30", 6, "right") == "  7:30"
