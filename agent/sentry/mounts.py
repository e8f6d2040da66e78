"""Which file systems are mounted where, from /proc/self/mountinfo. proc_pid_mountinfo(5).

    36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    (1)(2)(3)   (4)   (5)      (6)      (7)   (8) (9)   (10)         (11)

(3) is the device, (4) what of the file system is mounted, (5) where; blank, tab, newline and backslash stand as octal
escapes in (4) and (5).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ESCAPE = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    device: tuple[int, int]
    root: str
    """What of the file system is mounted: `/` when it is the whole."""
    path: str


def mounts(mountinfo: bytes) -> list[Mount]:
    """Every line that can be read; the kernel writes no others."""
    found = []
    for line in mountinfo.splitlines():
        fields = line.split(b" ")
        if len(fields) < 10:
            continue
        major, _, minor = fields[2].partition(b":")
        found.append(Mount((int(major), int(minor)), _text(fields[3]), _text(fields[4])))
    return found


def _text(field: bytes) -> str:
    plain = _ESCAPE.sub(lambda escape: bytes([int(escape[1], 8)]), field)
    return plain.decode("utf-8", "surrogateescape")


def is_own_filesystem(path: str, mounted: list[Mount]) -> bool:
    """Whether a folder is the root of a file system that is mounted there whole, and nowhere as `/`.

    Only such a one is marked whole: on a shared one every open of everybody would have to be answered.
    """
    here = [mount for mount in mounted if mount.path == path]
    if not here or here[-1].root != "/" or path == "/":
        return False
    return not any(mount.device == here[-1].device and mount.path == "/" for mount in mounted)
