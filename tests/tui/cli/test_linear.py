from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from tui.cli.linear import LinearTable, local_second


def test_columns_line_up_by_cells_and_keep_their_place_in_later_batches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = LinearTable(["name", "id"])
    table.print([["Åsa", "1"], ["日本語の名前", "2"]])
    table.print([["b", "3"]])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert {cell_len(line[:-1]) for line in lines[1:]} == {cell_len("日本語の名前") + 2}


def test_an_empty_list_still_says_what_its_columns_are(capsys: pytest.CaptureFixture[str]) -> None:
    LinearTable(["name", "id"]).print([])
    assert capsys.readouterr().out == "name  id\n"


def test_no_line_ends_in_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    LinearTable(["a", "long label"]).print([["x", "y"]])
    assert not any(line.endswith(" ") for line in capsys.readouterr().out.splitlines())


def test_times_are_in_the_zone_of_whoever_reads() -> None:
    at = datetime(2026, 7, 1, 12, 0, 5, tzinfo=UTC)
    assert local_second(at) == "2026-07-01 15:00:05+03:00"
