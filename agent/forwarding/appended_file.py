"""Records as lines at the end of a file, for instance on another mount; taken once they are synced.

The file is opened for each delivery, so that it may be rotated or mounted anew meanwhile. A line that was cut by a
crash or a full disk is ended first, so that what follows stands on lines of its own.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from agent.forwarding.delivery import NotDelivered, Patience
from agent.forwarding.sink import Record


class AppendedFile:
    """See the module.

    Args:
        path: The file; it is made when it is not there, its folder is not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, records: Sequence[Record], patience: Patience) -> None:
        try:
            descriptor = os.open(
                self._path,
                os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC,
                0o640,
            )
            try:
                self._append(descriptor, b"".join(record.line + b"\n" for record in records), patience)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise NotDelivered(f"the file cannot be written ({error.strerror})") from error

    @staticmethod
    def _append(descriptor: int, lines: bytes, patience: Patience) -> None:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise NotDelivered("what stands in its place is no regular file")
        if state.st_size and os.pread(descriptor, 1, state.st_size - 1) != b"\n":
            lines = b"\n" + lines
        view = memoryview(lines)
        while view:
            patience.left_s()
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)

    def close(self) -> None:
        pass
