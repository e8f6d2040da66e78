"""Space on the disk that is kept for refusals, should everything else be full.

The file is full of nothing. When a commit fails because there is no room, the file goes, and what it held is enough for
thousands of entries that say that something was refused. Nothing is released until the file is there again: so its
being there is the state of the log, the same for every process.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

MIB = 1 << 20
BLOCK_BYTES = 512
"""Unit of `st_blocks`, stat(2)."""
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
LITTLE_BYTES = 64 << 10
"""With less free than this, an error of the disk is one of room, whatever it calls itself."""


class Reserve:
    """See the module.

    Args:
        file: Where it lies: on the file system of the database.
        size_bytes: How much is kept.
    """

    def __init__(self, file: Path, size_bytes: int) -> None:
        self._file = file
        self._size_bytes = size_bytes

    def is_whole(self) -> bool:
        try:
            found = self._file.lstat()
        except OSError:
            return False
        is_allocated = found.st_blocks * BLOCK_BYTES >= self._size_bytes
        return stat.S_ISREG(found.st_mode) and found.st_size >= self._size_bytes and is_allocated

    def release(self) -> None:
        """Give the space to the refusals."""
        self._file.unlink(missing_ok=True)

    def regain(self) -> bool:
        """Take the space again, if as much is left besides; whether it is held now."""
        if self.is_whole():
            return True
        if self._free_bytes() < 2 * self._size_bytes:
            return False
        try:
            self._hold()
        except OSError:
            self.release()
            return False
        return True

    def _hold(self) -> None:
        self._file.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._file, flags, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._size_bytes)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def is_wanted_for(self, error: Exception) -> bool:
        """Whether an error says that the disk is full."""
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            return True
        return "disk is full" in str(error) or self._free_bytes() < LITTLE_BYTES

    def _free_bytes(self) -> int:
        try:
            found = os.statvfs(self._file.parent)
        except OSError:
            return 0
        return found.f_bavail * found.f_frsize
