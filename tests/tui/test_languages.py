"""The screens in Swedish and Finnish: in the 80 columns that English has."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.translations import LANGUAGES, ROOT

IN_A_LANGUAGE = """
import sys
from tui.text import choose_language
choose_language(sys.argv[1])
"""


def run_in(language: str, program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", IN_A_LANGUAGE + program, language]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_main_screens_look_like_their_pictures(language: str) -> None:
    done = run_in(language, "from tests.tui.language_pictures import draw\ndraw(sys.argv[1])")
    assert done.returncode == 0, done.stderr


TABLES = """
from rich.cells import cell_len
from tui.widgets.columns import fitted_widths, line_width
from tui.widgets import contacts_table, log_table, odd_table, quarantine_table
for table in (contacts_table, log_table, odd_table, quarantine_table):
    widths = fitted_widths(table.COLUMNS, 79)
    assert line_width(widths) == 79, (table.__name__, widths)
    for column in table.COLUMNS:
        assert cell_len(column.label) <= column.width, column.label
"""


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_every_heading_fits_its_column_and_the_columns_fill_the_line(language: str) -> None:
    done = run_in(language, TABLES)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("language", "usage", "missing"),
    [("sv", "Användning:", "Fel: Argument saknas"), ("fi", "Käyttö:", "Virhe: Argumentti puuttuu")],
)
def test_the_command_line_speaks_the_language_that_was_asked_for(language: str, usage: str, missing: str) -> None:
    command = [sys.executable, "-m", "tui", "--lang", language, "show"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=60)
    assert done.returncode == 2
    assert usage in done.stderr
    assert missing in done.stderr
