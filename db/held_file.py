"""A file that must stay the one that was opened: neither deleted nor replaced under its path.

SQLite goes on writing into a database whose name is gone, and everything that is written so is lost with the last
process that has it open. The file is held by a descriptor that cannot read (`O_PATH`, open(2)): closing it drops no
lock that SQLite holds on the same file, which closing an ordinary one would (fcntl(2)).
"""

from __future__ import annotations

import os
from pathlib import Path


class HeldFile:
    """Remembers which file a path led to. `close` it.

    Raises:
        OSError: there is no such file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC | os.O_NOFOLLOW)
        held = os.fstat(self._descriptor)
        self.identity = held.st_dev, held.st_ino

    def lost(self) -> str | None:
        """Why the path no longer leads to the file; None when it does."""
        try:
            found = self.path.lstat()
        except OSError:
            found = None
        if found is not None and (found.st_dev, found.st_ino) == self.identity:
            return None
        if os.fstat(self._descriptor).st_nlink == 0:
            return f"{self.path.name} was deleted while it was in use"
        return f"{self.path.name} was moved away or replaced while it was in use"

    def close(self) -> None:
        os.close(self._descriptor)
