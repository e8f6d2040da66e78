"""Messages as a sentry sends them."""

from __future__ import annotations

from typing import Any

RUN, NEXT_RUN = "0123456789abcdef", "fedcba9876543210"
CANARY = "0046701740605"
"""From a range that is kept free for fiction; see tests/agent/calls.py."""


def who(**more: Any) -> dict[str, Any]:
    return {
        "pid": 4711,
        "started_ticks": 99,
        "uid": 1000,
        "euid": 0,
        "login_uid": 1000,
        "session_id": 3,
        "comm": "cat",
        "exe": "/usr/bin/cat",
        "exe_inode": [1, 2],
        "is_exe_roots": True,
        "command": ["cat", f"in {CANARY}.wav"],
        "parents": [{"pid": 4000, "exe": "/usr/bin/bash"}, {"pid": 1, "exe": "/usr/lib/systemd/systemd"}],
        "cgroup": "/user.slice/user-1000.slice/session-3.scope",
        "is_certain": True,
        **more,
    }


def opened(n: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "kind": "report",
        "n": n,
        "of": None,
        "what": "open",
        "at_ms": 1_795_442_700_000,
        "by_ms": 1 << 50,
        "outcome": "allowed",
        "late": False,
        "place": "spool:pbx",
        "name": f"in-3201-{CANARY}.wav",
        "device": 40,
        "inode": 4,
        "who": who(),
        **more,
    }


def hello(run: str = RUN, **more: Any) -> dict[str, Any]:
    return {
        "kind": "hello",
        "v": 1,
        "run": run,
        "since_ms": 1_795_442_700_000,
        "unwatched": [],
        "audit": False,
        "previous": None,
        **more,
    }
