from __future__ import annotations

import pytest

from tui.widgets.minute_bars import EIGHTHS, SHADES, bars


@pytest.mark.parametrize("levels", [EIGHTHS, SHADES])
def test_the_highest_is_full_and_only_nothing_is_blank(levels: str) -> None:
    drawn = bars([0, 1, 500, 1000], levels)
    assert drawn[0] == " "
    assert drawn[1] == levels[1]
    assert drawn[3] == "█"
    assert len(drawn) == 4


def test_without_any_file_every_minute_is_blank() -> None:
    assert bars([0] * 60, EIGHTHS) == " " * 60
    assert bars([], EIGHTHS) == ""
