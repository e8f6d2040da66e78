"""The program on a real pseudo-terminal: how it comes, and how it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.hostile import ATTACK_BYTES
from tests.tui.terminal import Terminal

pytestmark = pytest.mark.terminal
PROGRAM = "tests.tui.hostile_program"
SHOW, HIDE = b"\x1b[?25h", b"\x1b[?25l"


def test_the_terminal_is_restored_after_a_signal_to_stop() -> None:
    with Terminal(PROGRAM, columns=80, lines=24) as terminal:
        terminal.wait_for("200 found")
        terminal.terminate()
        assert terminal.wait() == 143
        for mode in (b"1049", b"1000", b"1003", b"1004", b"2004"):
            assert terminal.received.rfind(b"\x1b[?%sl" % mode) > terminal.received.rfind(b"\x1b[?%sh" % mode)
        assert terminal.received.rfind(SHOW) > terminal.received.rfind(HIDE)


def test_the_program_ends_when_the_terminal_goes_away_though_hang_ups_are_ignored() -> None:
    with Terminal(PROGRAM, columns=80, lines=24, ignore_hang_up=True) as terminal:
        terminal.wait_for("200 found")
        terminal.hang_up()
        assert terminal.wait() == 129


def test_a_crash_restores_the_terminal_and_prints_one_line_without_what_was_at_hand(tmp_path: Path) -> None:
    with Terminal(PROGRAM, columns=80, lines=24, arguments=("--crash",)) as terminal:
        terminal.wait_for("200 found")
        terminal.send("X")
        assert terminal.wait() == 1
        farewell = terminal.received[terminal.received.rfind(b"\x1b[?1049l") :]
        assert [attack for attack in ATTACK_BYTES if attack in terminal.received] == []
    assert b"earwitness ended by an error in itself, incident" in farewell
    assert b"Traceback" not in farewell
    assert b"ValueError" not in farewell
    (record,) = (tmp_path / "state" / "earwitness").iterdir()
    assert "ValueError" in record.read_text("utf-8")


def test_the_terminals_own_cursor_is_shown_for_those_who_follow_it() -> None:
    with Terminal(PROGRAM, columns=80, lines=24, arguments=("--show-cursor",)) as terminal:
        terminal.wait_for("200 found")
        assert terminal.received.rfind(SHOW) > terminal.received.rfind(HIDE)
        terminal.send("j")
        terminal.wait_for("2 of 200")
        terminal.wait_for_cursor_line(4)


def test_the_terminals_own_cursor_is_hidden_otherwise() -> None:
    with Terminal(PROGRAM, columns=80, lines=24) as terminal:
        terminal.wait_for("200 found")
        assert SHOW not in terminal.received


def test_nothing_is_sent_while_nothing_happens() -> None:
    with Terminal(PROGRAM, columns=80, lines=24) as terminal:
        terminal.wait_for("1 of 200")
        terminal.send("/")
        terminal.wait_for("Esc back to the list")
        assert terminal.bytes_while_quiet(2.0) == 0
