"""Who a process is, from /proc. proc_pid_stat(5), proc_pid_status(5), proc_pid_loginuid(5).

The opener waits inside its open while this is read, so its files are there; a pidfd tells afterwards whether it still
was the same process. Reading those of others takes CAP_SYS_PTRACE. Everything read is outside text, and bounded.

    file           what is taken
    ─────────────  ────────────────────────────────────────────────────────────────────────────
    stat           `pid (comm) state ppid … starttime` (fields 2, 4, 22; comm may hold blanks and brackets)
    status         `Uid:` real and effective
    loginuid       who signed in, through every su and sudo; 4294967295 is nobody
    sessionid      the audit session; 4294967295 is none
    exe            what it runs
    cmdline        its words, each closed by a zero byte
    cgroup         the line `0::` (cgroup v2), else the line `name=systemd`
"""

from __future__ import annotations

import os
import select
from dataclasses import dataclass
from pathlib import Path

NOBODY = 4294967295
COMMAND_BYTES = 4096
STATUS_BYTES = 4096
TEXT_BYTES = 1024
PARENTS = 8
"""Generations of forebears that are looked at."""


@dataclass(frozen=True, slots=True)
class Stat:
    comm: str
    parent: int
    started_ticks: int
    """When it began, in clock ticks since boot: with the pid it names one process."""


@dataclass(frozen=True, slots=True)
class Parent:
    pid: int
    exe: str


@dataclass(frozen=True, slots=True)
class Who:
    pid: int
    started_ticks: int = 0
    uid: int | None = None
    euid: int | None = None
    login_uid: int | None = None
    session_id: int | None = None
    comm: str = ""
    exe: str = ""
    exe_inode: tuple[int, int] | None = None
    """Device and inode."""
    is_exe_roots: bool = False
    """The program's file belongs to root and nobody else may write it: its path is the system's, not outside text."""
    command: tuple[str, ...] = ()
    parents: tuple[Parent, ...] = ()
    cgroup: str = ""
    is_certain: bool = True
    """It was the same process until everything had been read."""


def stat(text: bytes) -> Stat:
    """Of /proc/PID/stat.

    Raises:
        ValueError: it is not that.
    """
    before, bracket, after = text.rpartition(b")")
    fields = after.split()
    if not bracket or len(fields) < 20:
        raise ValueError("not the text of /proc/PID/stat")
    return Stat(_text(before.partition(b"(")[2]), int(fields[1]), int(fields[19]))


def uids(text: bytes) -> tuple[int, int]:
    """Real and effective user of /proc/PID/status.

    Raises:
        ValueError: it is not that.
    """
    for line in text.splitlines():
        if line.startswith(b"Uid:"):
            real, effective = line.split()[1:3]
            return int(real), int(effective)
    raise ValueError("not the text of /proc/PID/status")


def words(text: bytes) -> tuple[str, ...]:
    """Of /proc/PID/cmdline."""
    return tuple(_text(word) for word in text.rstrip(b"\0").split(b"\0")) if text else ()


def cgroup(text: bytes) -> str:
    """The path in the unified hierarchy, or in systemd's; empty when there is neither."""
    found = ""
    for line in text.splitlines():
        number, _, rest = line.partition(b":")
        controllers, _, path = rest.partition(b":")
        if number == b"0" and path != b"/":
            return _text(path)
        if controllers == b"name=systemd" or (number == b"0" and not found):
            found = _text(path)
    return found


def _text(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def seen(pid: int, pidfd: int) -> Who:
    """Everything about a process that waits; what cannot be read is empty."""
    folder = f"/proc/{pid}"
    try:
        own = stat(_read(f"{folder}/stat", TEXT_BYTES))
        uid, euid = uids(_read(f"{folder}/status", STATUS_BYTES))
    except (OSError, ValueError):
        return Who(pid, is_certain=False)
    exe = _link(f"{folder}/exe")
    inode, is_roots = _program(f"{folder}/exe")
    return Who(
        pid=pid,
        started_ticks=own.started_ticks,
        uid=uid,
        euid=euid,
        login_uid=_number(f"{folder}/loginuid"),
        session_id=_number(f"{folder}/sessionid"),
        comm=own.comm,
        exe=exe,
        exe_inode=inode,
        is_exe_roots=is_roots,
        command=words(_readable(f"{folder}/cmdline", COMMAND_BYTES)),
        parents=_parents(own.parent),
        cgroup=cgroup(_readable(f"{folder}/cgroup", STATUS_BYTES)),
        is_certain=is_alive(pidfd),
    )


def started_ticks(pid: int) -> int | None:
    """When a process began; None when there is none."""
    try:
        return stat(_read(f"/proc/{pid}/stat", TEXT_BYTES)).started_ticks
    except (OSError, ValueError):
        return None


def is_alive(pidfd: int) -> bool:
    """Whether the process behind a pidfd has not ended: only then its pid cannot be another's yet. pidfd_open(2)."""
    if pidfd < 0:
        return False
    asking = select.poll()
    asking.register(pidfd, select.POLLIN)
    return not asking.poll(0)


def _parents(pid: int) -> tuple[Parent, ...]:
    found: list[Parent] = []
    while pid > 0 and len(found) < PARENTS:
        found.append(Parent(pid, _link(f"/proc/{pid}/exe")))
        try:
            pid = stat(_read(f"/proc/{pid}/stat", TEXT_BYTES)).parent
        except (OSError, ValueError):
            break
    return tuple(found)


def _program(link: str) -> tuple[tuple[int, int] | None, bool]:
    try:
        found = Path(link).stat()
    except OSError:
        return None, False
    return (found.st_dev, found.st_ino), found.st_uid == 0 and not found.st_mode & 0o022


def _link(path: str) -> str:
    try:
        return os.readlink(path)[:TEXT_BYTES]  # noqa: PTH115 - a path object a link is half of what this costs
    except OSError:
        return ""


def _number(path: str) -> int | None:
    text = _readable(path, TEXT_BYTES).strip()
    return int(text) if text.isdigit() and int(text) != NOBODY else None


def _readable(path: str, most: int) -> bytes:
    try:
        return _read(path, most)
    except OSError:
        return b""


def _read(path: str, most: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, most)
    finally:
        os.close(descriptor)
