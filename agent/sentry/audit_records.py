"""The kernel's audit stream: records as they come over netlink, put together to events. netlink(7), linux/audit.h.

A message, in the machine's byte order:

    offset  bytes  what
    ──────  ─────  ──────────────────────────────────────────────────────
    0       4      nlmsg_len (a record's does not count this head, a reply's does: the datagram's own length is taken)
    4       2      nlmsg_type: 1300 SYSCALL, 1302 PATH, 1320 EOE (end of an event); below 1100: replies
    6       2      nlmsg_flags
    8       4      nlmsg_seq
    12      4      nlmsg_pid
    16      …      text: `audit(SECONDS.MILLISECONDS:SERIAL): key=value key="value" …`

Text that holds a blank, a quote or a control byte stands as hexadecimal digits without quotes. Devices are
`major:minor` in hexadecimal, modes octal. The records of one event carry one serial, and may stand among other ones.
"""

from __future__ import annotations

import os
import re
import stat
import struct
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

HEAD = struct.Struct("=IHHII")
SYSCALL, PATH, END = 1300, 1302, 1320
FIRST_RECORD = 1100
MOST_UNFINISHED = 4096
"""Events whose end has not come; the oldest is given up."""
_STAMP = re.compile(rb"audit\((\d{1,12})\.(\d{3}):(\d{1,19})\): ?")
_FIELD = re.compile(rb'([\w-]+)=("[^"]*"|\S*)')
_UNSET = 4294967295


class RecordInvalid(Exception):
    """What came is no record."""


@dataclass(frozen=True, slots=True)
class Record:
    kind: int
    serial: int
    at_ms: int
    fields: dict[bytes, bytes]


@dataclass(frozen=True, slots=True)
class AuditOpen:
    """A call that opened, or tried to."""

    at_ms: int
    pid: int
    uid: int | None
    login_uid: int | None
    exe: str
    key: str
    has_succeeded: bool
    files: tuple[tuple[int, int], ...]
    """Device and inode of each regular file."""


def record(datagram: bytes) -> Record | None:
    """The record of a datagram; None for a reply or for a kind whose text has no stamp.

    Raises:
        RecordInvalid: see there.
    """
    if len(datagram) < HEAD.size:
        raise RecordInvalid("cut off in its head")
    kind = int(HEAD.unpack_from(datagram)[1])
    if kind < FIRST_RECORD:
        return None
    text = datagram[HEAD.size :].rstrip(b"\0")
    stamp = _STAMP.match(text)
    if stamp is None:
        raise RecordInvalid("without its stamp")
    fields: dict[bytes, bytes] = dict(_FIELD.findall(text[stamp.end() :]))
    return Record(kind, int(stamp[3]), int(stamp[1]) * 1000 + int(stamp[2]), fields)


class Events:
    """Puts records together."""

    def __init__(self) -> None:
        self._unfinished: OrderedDict[int, list[Record]] = OrderedDict()

    def add(self, one: Record) -> Iterator[AuditOpen]:
        """The event that this record completes, if it is a call with regular files."""
        if one.kind == END:
            found = _opened(self._unfinished.pop(one.serial, []))
            if found is not None:
                yield found
        elif one.kind in (SYSCALL, PATH):
            self._unfinished.setdefault(one.serial, []).append(one)
            if len(self._unfinished) > MOST_UNFINISHED:
                self._unfinished.popitem(last=False)


def _opened(records: list[Record]) -> AuditOpen | None:
    call = next((one for one in records if one.kind == SYSCALL), None)
    files = tuple(found for one in records if one.kind == PATH and (found := _file(one.fields)) is not None)
    if call is None or not files:
        return None
    pid = _number(call.fields, b"pid")
    return AuditOpen(
        at_ms=call.at_ms,
        pid=-1 if pid is None else pid,
        uid=_number(call.fields, b"uid"),
        login_uid=_number(call.fields, b"auid"),
        exe=_text(call.fields.get(b"exe", b"")),
        key=_text(call.fields.get(b"key", b"")),
        has_succeeded=call.fields.get(b"success") == b"yes",
        files=files,
    )


def _file(fields: dict[bytes, bytes]) -> tuple[int, int] | None:
    """Device and inode of a regular file that was opened or made."""
    try:
        if fields[b"nametype"] not in (b"NORMAL", b"CREATE") or not stat.S_ISREG(int(fields[b"mode"], 8)):
            return None
        major, _, minor = fields[b"dev"].partition(b":")
        return os.makedev(int(major, 16), int(minor, 16)), int(fields[b"inode"])
    except (KeyError, ValueError):
        return None


def _number(fields: dict[bytes, bytes], name: bytes) -> int | None:
    text = fields.get(name, b"")
    return int(text) if text.isdigit() and int(text) != _UNSET else None


def _text(value: bytes) -> str:
    if value.startswith(b'"'):
        return value.strip(b'"').decode("utf-8", "surrogateescape")
    try:
        return bytes.fromhex(value.decode("ascii")).decode("utf-8", "surrogateescape")
    except ValueError:
        return ""
