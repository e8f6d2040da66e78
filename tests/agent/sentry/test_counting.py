"""Expected opens are counted by the minute."""

from __future__ import annotations

from agent.sentry.counting import EVERY_MS, Counted, Counts


def test_opens_are_counted_apart_by_place_program_and_user() -> None:
    counts = Counts()
    counts.add("spool:pbx", "/usr/sbin/asterisk", 500, 10)
    counts.add("spool:pbx", "/usr/sbin/asterisk", 500, 20)
    counts.add("spool:pbx", "/usr/sbin/asterisk", 501, 30)
    assert list(counts.due(EVERY_MS)) == []
    assert list(counts.due(EVERY_MS + 10)) == [Counted("spool:pbx", "/usr/sbin/asterisk", 500, 10, 20, 2)]
    assert [counted.count for counted in counts.due(EVERY_MS, everything=True)] == [1]
