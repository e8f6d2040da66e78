"""Removing a source, and only that very file.

A name in a spool may be given to another file at any moment, so the name is first changed to one that nobody else uses
(`.<id>.taken`, in the same folder), then it is looked at what was renamed, and only then is it removed. A stranger gets
its name back, at the next attempt if not at this one: nothing else would ever look at it under the hidden name.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from agent.intake.opened import Identity
from db.records import RemovalRecord

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove(spool_fd: int, leaving: Sequence[RemovalRecord]) -> None:
    """Remove the files that removals of one folder mean, as far as they are still there; durable when this returns.

    Args:
        spool_fd: The spool that their paths start from.
        leaving: Which files, all of one folder.

    Raises:
        OSError: the folder cannot be changed (no permission, read-only, I/O error), or a stranger's name is in use.
    """
    folder_fd = os.dup(spool_fd)
    try:
        for folder in folder_of(leaving[0]):
            try:
                inner_fd = os.open(folder, _FOLDER, dir_fd=folder_fd)
            except FileNotFoundError:
                return
            os.close(folder_fd)
            folder_fd = inner_fd
        for removal in leaving:
            _remove(folder_fd, removal)
        os.fsync(folder_fd)
    finally:
        os.close(folder_fd)


def folder_of(removal: RemovalRecord) -> tuple[str, ...]:
    """The folders on the way to it, below its spool."""
    return tuple(os.fsdecode(removal.path).split("/")[:-1])


def _remove(folder_fd: int, removal: RemovalRecord) -> None:
    name, taken = os.fsdecode(removal.path).rpartition("/")[2], f".{removal.id}.taken"
    if _is_meant(folder_fd, name, removal):
        os.rename(name, taken, src_dir_fd=folder_fd, dst_dir_fd=folder_fd)
    if _is_meant(folder_fd, taken, removal):
        os.unlink(taken, dir_fd=folder_fd)
    elif _found(folder_fd, taken) is not None:
        _give_back(folder_fd, taken, name)


def _is_meant(folder_fd: int, name: str, removal: RemovalRecord) -> bool:
    found = _found(folder_fd, name)
    return found is not None and is_meant(found, removal)


def is_meant(found: Identity, removal: RemovalRecord) -> bool:
    """Whether a file under the removal's name is the one it means.

    The device does not count: some file systems get another number at each mount, and a file that was not removed
    before a power cut would be taken in again.
    """
    meant = (removal.inode, removal.size_bytes, removal.mtime_ns)
    return (found.inode, found.size_bytes, found.mtime_ns) == meant


def _found(folder_fd: int, name: str) -> Identity | None:
    try:
        return Identity.of(os.stat(name, dir_fd=folder_fd, follow_symlinks=False))
    except FileNotFoundError:
        return None


def _give_back(folder_fd: int, taken: str, name: str) -> None:
    """Another file had come under the name. `link` does not overwrite a third one that may have come meanwhile."""
    os.link(taken, name, src_dir_fd=folder_fd, dst_dir_fd=folder_fd, follow_symlinks=False)
    os.unlink(taken, dir_fd=folder_fd)
