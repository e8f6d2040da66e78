"""Two witnesses of the same opens, and serials that never come."""

from __future__ import annotations

from dataclasses import replace

from agent.sentry.audit_records import AuditOpen
from agent.sentry.reconciling import Reconciling, Seen
from agent.sentry.serials import Lost, Serials

SEEN = Seen(100, 44, 7, 8, 1001, 1000, "/usr/bin/cat", is_expected_in_audit=True)
OPENED = AuditOpen(100, 44, 1001, 1000, "/usr/bin/cat", "earwitness-sentry", True, ((7, 8),))


def _due(reconciling: Reconciling, now_ms: int) -> list[str]:
    return [difference.missed_by for difference in reconciling.due(now_ms)]


def test_what_both_have_seen_is_no_difference_whoever_tells_first() -> None:
    reconciling = Reconciling(500)
    reconciling.fanotify(SEEN, 100)
    reconciling.audit(OPENED, 400, is_ours=True)
    reconciling.audit(OPENED, 500, is_ours=True)
    reconciling.fanotify(SEEN, 600)
    assert _due(reconciling, 10_000) == []


def test_what_one_alone_has_seen_is_a_difference_when_the_time_is_over_and_once() -> None:
    reconciling = Reconciling(500)
    reconciling.fanotify(SEEN, 100)
    reconciling.audit(replace(OPENED, pid=45), 100, is_ours=True)
    assert _due(reconciling, 599) == []
    assert _due(reconciling, 600) == ["audit", "fanotify"]
    assert _due(reconciling, 10_000) == []


def test_two_opens_need_two_witnesses_each() -> None:
    reconciling = Reconciling(500)
    reconciling.fanotify(SEEN, 100)
    reconciling.fanotify(SEEN, 100)
    reconciling.audit(OPENED, 200, is_ours=True)
    assert _due(reconciling, 1000) == ["audit"]


def test_a_call_that_failed_or_was_watched_by_others_needs_no_fanotify() -> None:
    reconciling = Reconciling(500)
    reconciling.audit(replace(OPENED, has_succeeded=False), 0, is_ours=True)
    reconciling.audit(OPENED, 0, is_ours=False)
    assert _due(reconciling, 1000) == []


def test_a_refused_open_is_confirmed_by_the_call_that_failed() -> None:
    reconciling = Reconciling(500)
    reconciling.fanotify(SEEN, 0)
    reconciling.audit(replace(OPENED, has_succeeded=False), 10, is_ours=True)
    assert _due(reconciling, 1000) == []


def test_a_process_older_than_the_audit_is_not_expected_in_it() -> None:
    reconciling = Reconciling(500)
    reconciling.fanotify(replace(SEEN, is_expected_in_audit=False), 0)
    assert _due(reconciling, 1000) == []


def test_after_a_loss_nothing_is_said_of_what_waited_for_the_lost() -> None:
    reconciling = Reconciling(500)
    reconciling.fanotify(SEEN, 0)
    reconciling.forget()
    assert _due(reconciling, 1000) == []


def test_a_serial_that_never_comes_is_lost_and_told_once() -> None:
    serials = Serials(500)
    for serial in (10, 10, 11, 14, 13):
        serials.came(serial, 100)
    assert list(serials.lost(599)) == []
    assert list(serials.lost(600)) == [Lost(100, 600, 1)]
    assert list(serials.lost(9_000)) == []


def test_a_serial_out_of_order_is_not_lost() -> None:
    serials = Serials(500)
    for serial in (1, 4, 2, 3):
        serials.came(serial, 100)
    assert list(serials.lost(9_000)) == []


def test_a_great_hole_is_counted_whole_in_bounded_memory() -> None:
    serials = Serials(500)
    serials.came(1, 0)
    serials.came(1_000_002, 0)
    assert [lost.count for lost in serials.lost(1000)] == [1_000_000]
