from __future__ import annotations

import csv
import io

import pytest

from tests.tui.cli.agent_on_socket import contact
from tui.cli.comma_separated import COLUMNS, harmless, heading, lines


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "+46 70", "+"]
)
def test_what_a_spreadsheet_would_calculate_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["+46701740605", "Vatten", "a=b", "2026-11-23T13:51:04.000Z", "", "7.5", "'"])
def test_numbers_in_e164_and_plain_words_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


def test_a_contact_reads_back_cell_by_cell() -> None:
    text = heading() + lines([contact("c-1", number=None, withheld=True, service='a "b", c\nd')])
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert tuple(row) == COLUMNS
    assert (row["number"], row["withheld"], row["service"]) == ("", "true", 'a "b", c\nd')
