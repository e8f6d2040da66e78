"""Inotify's bytes: what is read from its descriptor. inotify(7).

offset  bytes  what
──────  ─────  ──────────────────────────────────
0       4      wd: which watch (int)
4       4      mask
8       4      cookie
12      4      len of the name with its padding
16      len    name, closed by zero bytes
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CREATE, MOVED_TO, IS_FOLDER, OVERFLOW, IGNORED = 0x100, 0x80, 0x4000_0000, 0x4000, 0x8000
ONLY_FOLDERS = 0x0100_0000
_EVENT = struct.Struct("=iIII")


@dataclass(frozen=True, slots=True)
class FolderEvent:
    watch: int
    mask: int
    name: bytes


def folder_events(read: bytes) -> Iterator[FolderEvent]:
    """The events of one read; the kernel writes only whole ones.

    Raises:
        ValueError: it did not.
    """
    position = 0
    while position < len(read):
        if position + _EVENT.size > len(read):
            raise ValueError("an event is cut off")
        watch, mask, _, length = _EVENT.unpack_from(read, position)
        position += _EVENT.size
        if position + length > len(read):
            raise ValueError("an event's name is cut off")
        yield FolderEvent(watch, mask, read[position : position + length].rstrip(b"\0"))
        position += length
