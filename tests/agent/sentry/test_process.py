"""Who a process is, from the bytes of /proc."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from agent.sentry.process import NOBODY, Stat, cgroup, is_alive, seen, started_ticks, stat, uids, words
from tests.agent.waiting import until

AFTER = b" S 17 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 91234 1 2 3"


@pytest.mark.parametrize("comm", [b"cat", b"a b", b") R 1 (", b"(", b"\xff\xfe", b""])
def test_stat_is_read_whatever_the_process_calls_itself(comm: bytes) -> None:
    expected = Stat(comm.decode("utf-8", "surrogateescape"), 17, 91234)
    assert stat(b"4711 (" + comm + b")" + AFTER) == expected


@pytest.mark.parametrize("text", [b"", b"4711 cat S 17", b"4711 (cat) S 17", b"4711 (cat) S x" + b" 1" * 30])
def test_what_is_not_stat_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        stat(text)


def test_users_are_the_real_and_the_effective_one() -> None:
    assert uids(b"Name:\tUid:\nUmask:\t0022\nUid:\t1000\t0\t0\t0\nGid:\t1\t1\t1\t1\n") == (1000, 0)


def test_a_status_without_users_is_refused() -> None:
    with pytest.raises(ValueError, match="status"):
        uids(b"Name:\tcat\n")


def test_words_of_a_command_line_keep_blanks_and_bytes() -> None:
    assert words(b"cat\0a b\0\xff\0") == ("cat", "a b", "\udcff")
    assert words(b"") == ()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (b"0::/system.slice/cron.service\n", "/system.slice/cron.service"),
        (b"9:name=systemd:/user.slice\n4:memory:/x\n0::/\n", "/user.slice"),
        (b"4:memory:/x\n", ""),
        (b"0::/\n", "/"),
    ],
)
def test_the_control_group_is_the_unified_one_or_systemds(text: bytes, path: str) -> None:
    assert cgroup(text) == path


def test_a_living_process_is_seen_with_its_forebears() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        pidfd = os.pidfd_open(child.pid)
        try:
            until(lambda: seen(child.pid, pidfd).command)  # exec fills it in last
            who = seen(child.pid, pidfd)
            assert who.is_certain
            assert (who.uid, who.euid) == (os.getuid(), os.geteuid())
            assert who.started_ticks == started_ticks(child.pid)
            assert who.comm == "sleep"
            assert who.command == ("sleep", "60")
            assert who.exe.endswith("sleep")
            assert who.parents[0].pid == os.getpid()
            assert who.parents[0].exe == os.path.realpath(sys.executable)
            assert who.login_uid != NOBODY
            child.kill()
            child.wait()
            assert not is_alive(pidfd)
            assert not seen(child.pid, pidfd).is_certain
        finally:
            os.close(pidfd)


def test_without_a_pidfd_nothing_is_certain() -> None:
    assert not seen(os.getpid(), -1).is_certain
