"""What outlives the sentry: reports without words, and when it last lived."""

from __future__ import annotations

import stat
from pathlib import Path

from agent.sentry.journal import Journal
from agent.sentry.run_file import Previous, RunFile

CANARY = "0046701740605"
REPORT = {
    "kind": "report",
    "n": 3,
    "of": None,
    "what": "open",
    "place": "spool:pbx",
    "name": f"in-{CANARY}.wav",
    "who": {
        "pid": 7,
        "exe": f"/home/{CANARY}/cat",
        "is_exe_roots": False,
        "comm": CANARY,
        "command": ["cat", CANARY],
        "parents": [{"pid": 6, "exe": f"/tmp/{CANARY}"}],
        "cgroup": "",
    },
}


def test_reports_are_found_again_without_their_words(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "0123456789abcdef")
    journal.keep(REPORT)
    journal.close()
    text = (tmp_path / "journal").read_text()
    assert CANARY not in text
    [found], unreadable = Journal(tmp_path, "fedcba9876543210").left_over()
    assert (found["n"], found["run"], found["place"], found["who"]["pid"]) == (3, "0123456789abcdef", "spool:pbx", 7)
    assert unreadable == 0


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    Journal(tmp_path, "0123456789abcdef").close()
    RunFile(tmp_path).close()
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("journal", "run")} == {0o600}


def test_a_torn_line_is_counted_and_the_others_are_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "0123456789abcdef")
    journal.keep(REPORT)
    journal.keep(REPORT)
    file = tmp_path / "journal"
    file.write_bytes(file.read_bytes()[:-20])
    found, unreadable = journal.left_over()
    assert (len(found), unreadable) == (1, 1)


def test_it_is_bounded_and_empties_itself(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "0123456789abcdef", most_bytes=600)
    for _ in range(10):
        journal.keep(REPORT)
    assert 0 < (tmp_path / "journal").stat().st_size <= 600
    journal.empty()
    assert (tmp_path / "journal").stat().st_size == 0


def test_the_run_file_says_who_ran_and_whether_it_left(tmp_path: Path) -> None:
    first = RunFile(tmp_path)
    assert first.previous() is None
    first.begin("0123456789abcdef", 5)
    lived_ms = (tmp_path / "run").stat().st_mtime_ns // 1_000_000
    assert RunFile(tmp_path).previous() == Previous("0123456789abcdef", lived_ms, has_left=False)
    first.leave("0123456789abcdef", 5)
    previous = RunFile(tmp_path).previous()
    assert previous is not None
    assert previous.has_left


def test_a_damaged_run_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "run").write_bytes(b"{")
    assert RunFile(tmp_path).previous() is None
