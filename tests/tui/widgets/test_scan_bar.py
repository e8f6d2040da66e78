from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent import wire
from tui.widgets.scan_bar import figures, scan_words, share

AT = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
NOTHING = {"taken_in": 0, "quarantined": 0, "waiting": 0, "taken_bytes": 0, "done_bytes": 0, "found_bytes": 0}


def scan(spent_s: float = 100, **counts: int) -> wire.ScanStatus:
    return wire.ScanStatus(began_at=AT - timedelta(seconds=spent_s), at=AT, **({"files": 0} | NOTHING | counts))


HALF = scan(
    files=10_000, taken_in=4000, quarantined=20, waiting=100, found_bytes=2_900_000_000, done_bytes=1_450_000_000
)


def test_it_says_what_is_done_how_fast_and_how_long_the_rest_takes() -> None:
    assert scan_words(HALF, AT) == "Scan: 4,120 of 10,000 files · 1.4 GB of 2.9 GB · 1 min left"
    assert figures(HALF) == "50 %  41/s"
    assert share(HALF) == 0.5


@pytest.mark.parametrize(
    ("spent_s", "left"),
    [(59, "less than a minute left"), (60, "1 min left"), (3599, "59 min left"), (20_400, "5 h 40 min left")],
)
def test_the_rest_is_told_in_words_of_its_size(spent_s: float, left: str) -> None:
    assert scan_words(scan(spent_s, files=2, taken_in=1, found_bytes=2, done_bytes=1), AT).endswith(f" · {left}")


def test_before_there_is_anything_to_count_by_nothing_is_guessed() -> None:
    assert scan_words(scan(0), AT) == "Scan: the files are counted …"
    assert figures(scan(0)) == "0 %  0/s"
    assert scan_words(scan(0, files=3, found_bytes=9_000_000), AT) == "Scan: 0 of 3 files · 0 B of 9.0 MB"


def test_empty_files_alone_are_counted_as_files() -> None:
    assert share(scan(files=4, waiting=1)) == 0.25


def test_a_slow_scan_has_a_rate_too_and_files_that_grew_make_no_more_than_all() -> None:
    slow = scan(files=2, taken_in=2, found_bytes=10, done_bytes=15)
    assert figures(slow) == "100 %  1.2/min"
    assert figures(scan(2, files=2, taken_in=1, found_bytes=10, done_bytes=5)) == "50 %  0.5/s"


def test_one_that_tells_nothing_any_more_is_said_to_be_silent() -> None:
    assert scan_words(HALF, AT + timedelta(minutes=3)).endswith("2.9 GB · last told 3 min ago")


def test_a_clock_that_went_back_meanwhile_breaks_nothing() -> None:
    assert share(scan(-100, files=2, taken_in=1, found_bytes=2, done_bytes=1)) == 0.5
    assert scan_words(scan(-100, files=2, taken_in=1, found_bytes=2, done_bytes=1), AT).endswith("a minute left")
