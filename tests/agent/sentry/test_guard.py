"""A sentry that stands still ends itself."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from agent.sentry.guard import Guard, notify


def test_a_loop_that_stands_still_is_ended() -> None:
    ended = threading.Event()
    guard = Guard(0.1, end=ended.set)
    guard.start()
    assert ended.wait(10)
    guard.stop()


def test_a_loop_that_goes_round_is_left_alone() -> None:
    ended = threading.Event()
    guard = Guard(1.0, end=ended.set)
    guard.start()
    for _ in range(30):
        guard.beat()
        assert not ended.wait(0.05)
    guard.stop()


def test_systemd_is_told_if_it_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(address))
        systemd.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        notify("WATCHDOG=1")
        assert systemd.recv(100) == b"WATCHDOG=1"
    notify("WATCHDOG=1")  # whoever asked has gone: nothing happens
    monkeypatch.delenv("NOTIFY_SOCKET")
    notify("WATCHDOG=1")
