"""Fanotify's bytes: what is read from its descriptor, and what is written back. fanotify(7), linux/fanotify.h.

An event, in the machine's byte order:

    offset  bytes  what
    ──────  ─────  ──────────────────────────────────────────────────────────────────────────
    0       4      event_len: of everything up to the next event
    4       1      vers: 3
    5       1      reserved
    6       2      metadata_len: 24
    8       8      mask
    16      4      fd: the opened file, or -1 (FAN_NOFD) of an overflow
    20      4      pid of the process (thread group) that opens
    24 …    4      information records: type (1), padding (1), length (2), and then
    28      4      for type 4 (PIDFD): the process's pidfd, or -1 when it has gone

An answer:

    0       4      fd of the event
    4       4      1 (FAN_ALLOW) or 2 (FAN_DENY)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

VERSION = 3
NO_FD = -1
OPEN_PERM = 0x0001_0000
QUEUE_OVERFLOW = 0x4000
ALLOW, DENY = 1, 2
_METADATA = struct.Struct("=IBBHQii")
_INFO = struct.Struct("=BBH")
_INFO_PIDFD = 4
_ANSWER = struct.Struct("=iI")
EVENT_BYTES = _METADATA.size + _INFO.size + 4
"""Of an event with its pidfd."""


class EventsUnreadable(Exception):
    """The kernel's bytes are not what fanotify(7) says; nothing can be answered any more."""


@dataclass(frozen=True, slots=True)
class Event:
    mask: int
    fd: int
    pid: int
    pidfd: int = NO_FD

    @property
    def is_overflow(self) -> bool:
        return bool(self.mask & QUEUE_OVERFLOW)


def events(read: bytes) -> Iterator[Event]:
    """The events of one read.

    Raises:
        EventsUnreadable: see there.
    """
    position = 0
    while position < len(read):
        try:
            length, version, _, metadata_length, mask, fd, pid = _METADATA.unpack_from(read, position)
        except struct.error as error:
            raise EventsUnreadable("an event is cut off") from error
        if version != VERSION:
            raise EventsUnreadable(f"version {version} of fanotify's events")
        end = position + length
        if not _METADATA.size <= metadata_length <= length or end > len(read):
            raise EventsUnreadable("an event's length is wrong")
        yield Event(mask, fd, pid, _pidfd(read, position + metadata_length, end))
        position = end


def _pidfd(read: bytes, position: int, end: int) -> int:
    while position + _INFO.size <= end:
        kind, _, length = _INFO.unpack_from(read, position)
        if length < _INFO.size or position + length > end:
            raise EventsUnreadable("an information record's length is wrong")
        if kind == _INFO_PIDFD and length >= _INFO.size + 4:
            return max(NO_FD, int(struct.unpack_from("=i", read, position + _INFO.size)[0]))
        position += length
    return NO_FD


def answer(fd: int, verdict: int) -> bytes:
    """What is written to let an open go on or to refuse it."""
    return _ANSWER.pack(fd, verdict)
