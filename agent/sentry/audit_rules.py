"""Bytes of the kernel's audit: its state, and a rule that watches a folder with everything below. linux/audit.h.

Status (reply to AUDIT_GET, and AUDIT_SET; each 4 bytes): mask, enabled (0, 1, or 2: locked until the next start),
failure, pid of the audit daemon, rate_limit, backlog_limit, lost, backlog, and further ones that are left alone.

Rule (AUDIT_ADD_RULE, AUDIT_DEL_RULE):

    offset  bytes  what
    ──────  ─────  ──────────────────────────────────────────────────────────
    0       4      flags: 4, when a call returns
    4       4      action: 2, always
    8       4      field_count: 3
    12      256    mask: a bit for each system call
    268     256    fields: architecture (11), folder (107), key (210)
    524     256    values: the architecture; length of the folder's path; length of the key
    780     256    operators: 0x40000000, equal
    1036    4      buflen
    1040    buflen the path, then the key, without closing zeros
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

KEY = "earwitness-sentry"
"""By which our rules are known, also those that a killed sentry left behind."""
GET, SET, ADD_RULE, DELETE_RULE = 1000, 1001, 1011, 1012
MASK_ENABLED, MASK_PID = 0x1, 0x4
LOCKED = 2
_ON_RETURN, _ALWAYS = 4, 2
_ARCHITECTURE, _FOLDER, _FILTER_KEY = 11, 107, 210
_EQUAL = 0x4000_0000
_MASK_WORDS, _MOST_FIELDS = 64, 64
_STATUS = struct.Struct("=8I")
_STATUS_SET = struct.Struct("=11I")
_OPENING: dict[str, dict[int, tuple[int, ...]]] = {
    # Architecture (linux/audit.h) = numbers of open, creat, openat, openat2, open_by_handle_at, as far as there are.
    "x86_64": {0xC000_003E: (2, 85, 257, 437, 304), 0x4000_0003: (5, 8, 295, 437, 342)},
    "aarch64": {0xC000_00B7: (56, 437, 265), 0x4000_0028: (5, 8, 322, 437, 371)},
}


@dataclass(frozen=True, slots=True)
class Status:
    enabled: int
    daemon_pid: int
    lost: int


def status(payload: bytes) -> Status:
    """Of a reply to AUDIT_GET.

    Raises:
        ValueError: it is cut off.
    """
    if len(payload) < _STATUS.size:
        raise ValueError("the state of the kernel's audit is cut off")
    _, enabled, _, daemon_pid, _, _, lost, _ = _STATUS.unpack_from(payload)
    return Status(enabled, daemon_pid, lost)


def enabling(enabled: int) -> bytes:
    return _STATUS_SET.pack(MASK_ENABLED, enabled, *[0] * 9)


def daemon(pid: int) -> bytes:
    """Makes a process the audit daemon; 0 leaves that post, and only whoever holds it may."""
    return _STATUS_SET.pack(MASK_PID, 0, 0, pid, *[0] * 7)


def rules(folders: Sequence[str], machine: str) -> Iterator[bytes]:
    """The rules for these folders; those that lie in another of them need none.

    Raises:
        KeyError: opening calls of this kind of machine are not known.
    """
    for folder in folders:
        if not any(folder.startswith(other + "/") for other in folders):
            for architecture, calls in _OPENING[machine].items():
                yield _rule(os.fsencode(folder), architecture, calls)


def _rule(folder: bytes, architecture: int, calls: Sequence[int]) -> bytes:
    key = KEY.encode()
    mask = [0] * _MASK_WORDS
    for call in calls:
        mask[call // 32] |= 1 << call % 32
    fields = [(_ARCHITECTURE, architecture), (_FOLDER, len(folder)), (_FILTER_KEY, len(key))]
    names = [name for name, _ in fields]
    values = [value for _, value in fields]
    texts = folder + key
    return (
        struct.pack("=III", _ON_RETURN, _ALWAYS, len(fields))
        + struct.pack("=64I", *mask)
        + struct.pack("=64I", *_filled(names))
        + struct.pack("=64I", *_filled(values))
        + struct.pack("=64I", *_filled([_EQUAL] * len(fields)))
        + struct.pack("=I", len(texts))
        + texts
    )


def _filled(values: list[int]) -> list[int]:
    return values + [0] * (_MOST_FIELDS - len(values))
