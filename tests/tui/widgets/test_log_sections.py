from __future__ import annotations

import pytest

from tui.widgets.log_sections import brief


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0"),
        (99_999, "99,999"),
        (100_000, "100k"),
        (1_204_999, "1204k"),
        (9_999_999, "9999k"),
        (41_500_000, "41M"),
    ],
)
def test_a_large_count_is_told_in_thousands_or_millions(count: int, words: str) -> None:
    assert brief(count) == words
    assert len(words) <= 6
