"""Reports that wait for their acknowledgement: in order, bounded, and nothing is dropped unsaid."""

from __future__ import annotations

import json

from agent.sentry.outbox import Outbox, Report


def _handed(outbox: Outbox) -> list[Report]:
    handed = []
    while (report := outbox.next_to_send()) is not None:
        handed.append(report)
    return handed


def test_reports_are_handed_over_once_and_kept_until_they_are_durable() -> None:
    outbox = Outbox()
    for at_ms in (1, 2, 3):
        outbox.add("open", at_ms, at_ms=at_ms)
    assert [report.n for report in _handed(outbox)] == [1, 2, 3]
    assert _handed(outbox) == []
    assert [report.n for report in outbox.acknowledged(2)] == [1, 2]
    assert len(outbox) == 1


def test_a_new_connection_gets_what_is_not_durable() -> None:
    outbox = Outbox()
    for at_ms in (1, 2, 3):
        outbox.add("open", at_ms, at_ms=at_ms)
    _handed(outbox)
    outbox.connected(1)
    assert [report.n for report in _handed(outbox)] == [2, 3]


def test_what_does_not_fit_becomes_a_gap_with_its_count_and_times() -> None:
    outbox = Outbox(most_reports=4)
    added = [outbox.add("open", at_ms, at_ms=at_ms) for at_ms in range(10, 20)]
    assert [report is not None for report in added] == [True] * 3 + [False] * 7
    outbox.acknowledged(3)
    outbox.flush()
    [gap] = _handed(outbox)[-1:]
    assert {key: gap.message[key] for key in ("what", "why", "since_ms", "until_ms", "lost")} == {
        "what": "gap",
        "why": "overflow",
        "since_ms": 13,
        "until_ms": 19,
        "lost": 7,
    }


def test_the_gap_comes_before_what_happened_after_it() -> None:
    outbox = Outbox(most_reports=3)
    for at_ms in range(5):
        outbox.add("open", at_ms, at_ms=at_ms)
    outbox.acknowledged(2)
    outbox.add("open", 9, at_ms=9)
    assert [report.message["what"] for report in _handed(outbox)][-2:] == ["gap", "open"]


def test_bytes_are_bounded_too() -> None:
    outbox = Outbox(most_bytes=3 * 65_536)
    long = "x" * 60_000
    who = {"command": [long], "parents": [], "cgroup": ""}
    added = [outbox.add("open", at_ms, at_ms=at_ms, who=who, name=None) for at_ms in range(5)]
    assert sum(report is not None for report in added) == 2


def test_a_report_too_long_for_a_frame_goes_without_words_and_is_no_loss() -> None:
    outbox = Outbox()
    who = {"pid": 7, "command": ["\udcff" * 20_000], "parents": [], "cgroup": ""}
    report = outbox.add("open", 1, at_ms=1, who=who, name="a.wav")
    assert report is not None
    sent = json.loads(report.framed[4:])
    assert sent["who"] == {"pid": 7, "command": [], "parents": [], "cgroup": ""}


def test_what_turns_out_to_be_nothing_is_taken_out() -> None:
    outbox = Outbox()
    outbox.add("open", 1, pid=1)
    outbox.add("open", 2, pid=2)
    outbox.forget(lambda message: message["pid"] == 1)
    outbox.connected(0)
    assert [report.message["pid"] for report in _handed(outbox)] == [2]
