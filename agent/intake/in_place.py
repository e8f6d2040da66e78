"""Reading recordings that lie where their recorder left them: only what is, byte for byte, what was taken in.

Such a file is opened below its spool without following a link, and read whole and hashed before its first byte is
handed on. That is remembered, in memory only, for one state of one file (device, inode, size, both times), so that it
is not hashed again at every seek; a state that is younger than two seconds is not remembered, since the clock of a file
system may not tell a write that follows at once. While it is read its state is looked at again with every piece.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from agent.installation import Installation
from agent.intake.opened import Identity, NotRegular, Opened, open_in_spool, spool_of
from agent.intake.prepared import SourceChanged
from agent.vault.keys import SealBroken
from agent.vault.random_access import RandomAccess
from db.queries import in_place

PRESENT, CHANGED, VANISHED = "present", "changed", "vanished"
"""States of a recording in place."""
READ_BYTES = 1 << 18
REMEMBERED = 10_000
"""Recordings whose content is known to be right."""
_YOUNG_NS = 2_000_000_000


def state_of(found: Identity) -> str:
    """One state of one file, in a text that can be stored."""
    return f"{found.device}:{found.inode}:{found.size_bytes}:{found.mtime_ns}:{found.ctime_ns}"


def is_same_state(one: str, other: str) -> bool:
    """The device does not count: some file systems get another number at each mount."""
    return one.partition(":")[2] == other.partition(":")[2]


def is_same_file(state: str, found: Identity) -> bool:
    """Whether a state is one of this file, whatever was done to it since."""
    return int(state.split(":")[1]) == found.inode


def is_written_since(state: str, found: Identity) -> bool:
    """Whether this is another file than that of the state, or one with another size or time of writing."""
    return state.split(":")[1:4] != state_of(found).split(":")[1:4]


def written_ns(state: str) -> int:
    """When the file of a state was last written."""
    return int(state.split(":")[3])


def hash_of_file(opened: Opened) -> bytes:
    """SHA-256 of an opened file, whole.

    Raises:
        SourceChanged: it was written to meanwhile.
        OSError: it cannot be read.
    """
    hashing, position = hashlib.sha256(), 0
    while part := opened.read_at(position, READ_BYTES):
        hashing.update(part)
        position += len(part)
    if position != opened.identity.size_bytes or not opened.is_unchanged():
        raise SourceChanged
    return hashing.digest()


class InPlaceReader(RandomAccess):
    """A recording in place, with what `SealedReader` has. It closes the descriptor."""

    def __init__(self, fd: int, recording_id: str, identity: Identity) -> None:
        super().__init__(identity.size_bytes)
        self._fd = fd
        self._id = recording_id
        self._identity = identity

    def read_at(self, start: int, size_bytes: int) -> bytes:
        """`size_bytes` from `start` on, fewer at the end.

        Raises:
            SealBroken: the file was changed since it was opened.
        """
        wanted = max(0, min(start + size_bytes, self.size_bytes) - start)
        parts: list[bytes] = []
        while wanted and (part := os.pread(self._fd, wanted, start)):
            parts.append(part)
            start, wanted = start + len(part), wanted - len(part)
        if wanted or Identity.of(os.fstat(self._fd)) != self._identity:
            raise SealBroken(f"recording {self._id}, in place: it was changed while it was read")
        return b"".join(parts)

    def close(self) -> None:
        if not self.closed:
            os.close(self._fd)
        super().close()


class InPlaceFiles:
    """Those of an installation; for any thread."""

    def __init__(self, house: Installation) -> None:
        self._house = house
        self._proven: OrderedDict[str, Identity] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, recording_id: str, sha256: bytes) -> InPlaceReader:
        """A recording that is what was taken in.

        Raises:
            SealBroken: it is gone, or another.
            OSError: it cannot be read. No path is in it.
        """
        with self._opened(recording_id) as opened:
            if not self._is_proven(recording_id, opened.identity):
                self._prove(recording_id, opened, sha256)
            return InPlaceReader(os.dup(opened.fd), recording_id, opened.identity)

    def check(self, recording_id: str, sha256: bytes) -> None:
        """Read a whole recording and compare it with what was taken in, whatever is remembered.

        Raises:
            SealBroken, OSError: as `open`.
        """
        with self._opened(recording_id) as opened:
            self._prove(recording_id, opened, sha256)

    @contextmanager
    def _opened(self, recording_id: str) -> Iterator[Opened]:
        with self._house.register.read():
            record = in_place.of_recording(recording_id)
        sources = {source.name: source for source in self._house.settings.source}
        if record is None or record.source not in sources:
            raise SealBroken(f"recording {recording_id}, in place: it is not known where it lies")
        try:
            with (
                spool_of(sources[record.source]) as spool_fd,
                open_in_spool(spool_fd, os.fsdecode(record.path)) as opened,
            ):
                yield opened
        except (FileNotFoundError, NotRegular):
            raise SealBroken(f"recording {recording_id}, in place: it is gone") from None
        except OSError as error:
            raise OSError(error.errno, error.strerror) from None  # the name in it is customer data

    def _prove(self, recording_id: str, opened: Opened, sha256: bytes) -> None:
        is_young = time.time_ns() - max(opened.identity.ctime_ns, opened.identity.mtime_ns) < _YOUNG_NS
        try:
            is_right = hash_of_file(opened) == sha256
        except SourceChanged:
            is_right = False
        with self._lock:
            self._proven.pop(recording_id, None)
            if is_right and not is_young:
                self._proven[recording_id] = opened.identity
                if len(self._proven) > REMEMBERED:
                    self._proven.popitem(last=False)
        if not is_right:
            raise SealBroken(f"recording {recording_id}, in place: it was changed")

    def _is_proven(self, recording_id: str, identity: Identity) -> bool:
        with self._lock:
            return self._proven.get(recording_id) == identity
