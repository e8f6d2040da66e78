"""A file that appears whole or not at all, and never in place of another.

It is written under a temporary name beside its place, readable by its owner alone, flushed to the disk, and
then linked to its name, which fails when something has that name already.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from agent.client import clean
from tui.text import _

FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NotWritten(Exception):
    """The file cannot be written; the text says it to a person."""

    def __init__(self, path: Path, why: str | None) -> None:
        said = _("{file} cannot be written: {why}")
        super().__init__(said.format(file=clean(os.fsdecode(path)), why=why or "?"))


def refuse_existing(path: Path) -> None:
    """Say at once what `NewFile.keep` would say at the end.

    Raises:
        NotWritten: something has that name, or there is no such folder.
    """
    if os.path.lexists(path):
        raise NotWritten(path, _("it exists already"))
    if not path.parent.is_dir():
        raise NotWritten(path, _("there is no such folder"))


class NewFile:
    """A file being written; without `keep` nothing of it remains.

    Every method raises `NotWritten` when the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unfinished = path.with_name(f".earwitness-{secrets.token_hex(8)}")

    def __enter__(self) -> NewFile:
        try:
            self._file = os.fdopen(os.open(self._unfinished, FLAGS, 0o600), "wb")
        except OSError as error:
            raise NotWritten(self._path, error.strerror) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        try:
            self._file.write(piece)
        except OSError as error:
            raise NotWritten(self._path, error.strerror) from error

    def keep(self) -> None:
        """Make it durable and give it its name."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._give_name()
            _sync_folder(self._path.parent)
        except FileExistsError as error:
            raise NotWritten(self._path, _("it exists already")) from error
        except OSError as error:
            raise NotWritten(self._path, error.strerror) from error

    def _give_name(self) -> None:
        try:
            os.link(self._unfinished, self._path, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:
            # A file system without hard links (FAT, some network shares): take the name first, then replace
            # our own.
            os.close(os.open(self._path, FLAGS, 0o600))
            self._unfinished.replace(self._path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
