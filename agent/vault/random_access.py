"""A file of known length that is read at any place, as Python's own files are."""

from __future__ import annotations

import io


class RandomAccess(io.RawIOBase):
    """Derive from it: say `read_at`, and hand in how long the content is."""

    def __init__(self, size_bytes: int) -> None:
        super().__init__()
        self.size_bytes = size_bytes
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size_bytes}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's WriteableBuffer is no name at run time
        part = self.read_at(self._position, len(buffer))
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def read_at(self, start: int, size_bytes: int) -> bytes:
        """`size_bytes` from `start` on, fewer at the end."""
        raise NotImplementedError
