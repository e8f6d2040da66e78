"""A file of a spool, opened once and judged by what was opened, not by its name.

It owns the way from a name to a file descriptor: component by component below the spool's own descriptor, no
symbolic link followed, no FIFO waited for, no device touched. Whoever writes into a spool can change a name
at any moment; after this, only the descriptor counts.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from agent.intake.completeness import Kind
from agent.settings import Source

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_OURS = frozenset({errno.ENOMEM, errno.EMFILE, errno.ENFILE})
_LAST_NS = (1 << 63) - 1
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class NotRegular(Exception):
    """The name stands for something else than a regular file below regular folders."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        super().__init__(kind.value)


class Unreadable(OSError):
    """The bytes of a file cannot be read: a trouble of that file, and of no other."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one state of one file from another."""

    device: int
    inode: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> Identity:
        # A time of writing may be set to any year; it is kept in a column of 64 bits.
        mtime_ns = max(-_LAST_NS, min(found.st_mtime_ns, _LAST_NS))
        return cls(found.st_dev, found.st_ino, found.st_size, mtime_ns, found.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class Opened:
    """An open regular file of a spool, with the folder that its name stands in; close it, or use it in a
    `with`."""

    fd: int
    folder_fd: int
    name: str
    """In its folder, with surrogates for bytes that are not UTF-8."""
    identity: Identity
    """At the moment it was opened."""

    def file(self) -> BinaryIO:
        """A reader of its own for the descriptor; closing it leaves the descriptor open. It raises `Unreadable`."""
        return io.BufferedReader(_Reading(self.fd, "rb", closefd=False))

    def read_at(self, position: int, size_bytes: int) -> bytes:
        """Some of the bytes from a position on, none at the end.

        Raises:
            Unreadable: see there.
        """
        with _reading():
            return os.pread(self.fd, size_bytes, position)

    def read_at_most(self, limit_bytes: int) -> bytes:
        """Read from the start, `limit_bytes` + 1 at most: whoever gets more than the limit knows it."""
        parts: list[bytes] = []
        offset = 0
        while offset <= limit_bytes and (part := self.read_at(offset, limit_bytes + 1 - offset)):
            parts.append(part)
            offset += len(part)
        return b"".join(parts)

    def is_unchanged(self) -> bool:
        """Whether the open file is as it was when it was opened: size, times."""
        return Identity.of(os.fstat(self.fd)) == self.identity

    def is_still_named(self) -> bool:
        """Whether its name still stands for this very file, so that removing the name removes it."""
        try:
            found = os.stat(self.name, dir_fd=self.folder_fd, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return (found.st_dev, found.st_ino) == (self.identity.device, self.identity.inode)

    def close(self) -> None:
        os.close(self.fd)
        os.close(self.folder_fd)

    def __enter__(self) -> Opened:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Reading(io.FileIO):
    """What is read through it fails as `Unreadable`, which tells it from what is written meanwhile."""

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        with _reading():
            return super().readinto(buffer)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_ours(error):
            raise
        raise Unreadable(error.errno, error.strerror) from None


def is_ours(error: OSError) -> bool:
    """Whether something failed for want of what the agent itself lacks: no trouble of a file or of a spool."""
    return error.errno in _OURS


@contextmanager
def spool_of(source: Source) -> Iterator[int]:
    """A descriptor of a source's spool.

    Raises:
        OSError: it is not there, or not to be read.
    """
    descriptor = os.open(source.spool, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_in_spool(spool_fd: int, relative_name: str) -> Opened:
    """Open a regular file of a spool for reading.

    Args:
        spool_fd: The spool's folder.
        relative_name: Below it, as `scan` and the watcher give it.

    Raises:
        NotRegular: it, or a folder on the way, is a link or something else that is no regular file.
        FileNotFoundError: it is gone.
        OSError: it cannot be opened.
    """
    *folders, name = relative_name.split("/")
    if any(part in ("", ".", "..") for part in (*folders, name)) or "\0" in relative_name:
        raise NotRegular(Kind.OTHER)
    folder_fd = os.dup(spool_fd)
    try:
        for folder in folders:
            inner_fd = _opened(folder, _FOLDER, folder_fd, Kind.DIRECTORY)
            os.close(folder_fd)
            folder_fd = inner_fd
        fd = _opened(name, _FILE, folder_fd, Kind.REGULAR)
    except BaseException:
        os.close(folder_fd)
        raise
    return Opened(fd, folder_fd, name, Identity.of(os.fstat(fd)))


def kind_of(mode: int) -> Kind:
    """Name what a mode of `stat` stands for."""
    if stat.S_ISREG(mode):
        return Kind.REGULAR
    if stat.S_ISLNK(mode):
        return Kind.SYMLINK
    if stat.S_ISFIFO(mode):
        return Kind.FIFO
    return Kind.DIRECTORY if stat.S_ISDIR(mode) else Kind.OTHER


def _opened(name: str, flags: int, folder_fd: int, wanted: Kind) -> int:
    # Looked at before it is opened, since merely opening a device can do something; judged again after.
    kind = kind_of(os.stat(name, dir_fd=folder_fd, follow_symlinks=False).st_mode)
    if kind is not wanted:
        raise NotRegular(kind)
    try:
        fd = os.open(name, flags, dir_fd=folder_fd)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
            raise NotRegular(Kind.OTHER) from error
        raise
    kind = kind_of(os.fstat(fd).st_mode)
    if kind is not wanted:
        os.close(fd)
        raise NotRegular(kind)
    return fd
