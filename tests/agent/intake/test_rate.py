from __future__ import annotations

from agent.intake.rate import MINUTE_MS, MINUTES, ByMinute

NOW_MS = 1_795_435_200_000


def test_files_are_counted_in_the_minute_in_which_they_came() -> None:
    counts = ByMinute()
    for back in (0, 0, 1, 59):
        counts.count(NOW_MS - back * MINUTE_MS)
    hour = counts.last_hour(NOW_MS)
    assert len(hour) == MINUTES
    assert (hour[-1], hour[-2], hour[0], sum(hour)) == (2, 1, 1, 4)


def test_what_came_an_hour_ago_is_forgotten() -> None:
    counts = ByMinute()
    counts.count(NOW_MS - 60 * MINUTE_MS)
    assert sum(counts.last_hour(NOW_MS)) == 0


def test_the_counts_move_with_the_clock() -> None:
    counts = ByMinute()
    counts.count(NOW_MS)
    assert counts.last_hour(NOW_MS + 10 * MINUTE_MS)[-11] == 1
