"""Who takes which file in, when more than one process does: the agent, and a `scan` beside it.

    state_dir/intake.claims
        byte 0             passed by whoever begins to seal, held by whoever waits to sweep: no sealing begins then
        byte 1             locked shared by whoever has sealed files that are not committed yet, exclusively by whoever
                           sweeps away what a crash has left: those files look alike
        byte 2 + n         locked by whoever takes in the file of the n that its device and inode give
        byte 2^60          locked by the scan that runs

Locks of byte ranges in a file of the agent's own (fcntl(2), open file descriptions): the kernel drops them with the
process that held them, and no spool need be able to lock. Two files that share an n wait for each other, no more.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.intake.opened import Identity

FILE = "intake.claims"
_GATE, _SEALING, _FILES, _SCAN = 0, 1, 2, 1 << 60
_GET, _SET, _SET_WAIT = 36, 37, 38
"""F_OFD_GETLK, F_OFD_SETLK and F_OFD_SETLKW of linux/fcntl.h, which Python 3.11 does not name."""
_FLOCK = "hhqqi4x"
"""struct flock: type, whence, start, length, pid."""


class Claims:
    """Each call opens the file anew: locks belong to what was opened, so that threads exclude each other too."""

    def __init__(self, state_dir: Path) -> None:
        self._file = state_dir / FILE

    @contextmanager
    def claimed(self, found: Identity) -> Iterator[bool]:
        """Have a file for oneself; False when somebody else has it."""
        key = hashlib.sha256(struct.pack("QQ", found.device, found.inode)).digest()
        place = _FILES + int.from_bytes(key[:7], "big")
        with self._opened() as descriptor:
            yield _locked(descriptor, fcntl.F_WRLCK, place, wait=False)

    @contextmanager
    def sealing(self) -> Iterator[None]:
        """While files are sealed and not committed."""
        with self._opened() as descriptor:
            _locked(descriptor, fcntl.F_RDLCK, _GATE, wait=True)
            _locked(descriptor, fcntl.F_RDLCK, _SEALING, wait=True)
            _locked(descriptor, fcntl.F_UNLCK, _GATE, wait=True)
            yield

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Wait until no live process has such files, and keep others from it."""
        with self._opened() as descriptor:
            _locked(descriptor, fcntl.F_WRLCK, _GATE, wait=True)
            _locked(descriptor, fcntl.F_WRLCK, _SEALING, wait=True)
            yield

    @contextmanager
    def scanning(self) -> Iterator[bool]:
        """Be the only scan; False when another one runs."""
        with self._opened() as descriptor:
            yield _locked(descriptor, fcntl.F_WRLCK, _SCAN, wait=False)

    def is_scanned(self) -> bool:
        """Whether a scan runs. It takes no lock: a scan that begins just now is not turned away."""
        try:
            descriptor = os.open(self._file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return False
        try:
            asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _SCAN, 1, 0)
            kind, *_where = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, _GET, asked))
            return bool(kind != fcntl.F_UNLCK)
        finally:
            os.close(descriptor)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _locked(descriptor: int, kind: int, start: int, *, wait: bool) -> bool:
    asked = struct.pack(_FLOCK, kind, os.SEEK_SET, start, 1, 0)
    try:
        fcntl.fcntl(descriptor, _SET_WAIT if wait else _SET, asked)
    except BlockingIOError:
        return False
    return True
