"""What lies in a spool: the rescan that is the truth where the watcher is only a wake-up.

It owns the walk through the folders and says of each name whether it is a candidate for the intake. It opens
no file, follows no symbolic link, and hands names on as they are: bytes that are not UTF-8 come as surrogates
(`os.fsdecode`), so that they lead back to the same file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from agent.intake.metadata.sidecar import is_sidecar

DEPTH_LIMIT = 32
"""Folders below folders; each one is open while what is below it is read."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Role(StrEnum):
    CANDIDATE = "candidate"
    """By its name a recording; what it really is shows when it is opened."""
    SIDECAR = "sidecar"
    LEFT_ALONE = "left-alone"
    UNREADABLE = "unreadable"
    """A folder that cannot be read, or that lies too deep."""


@dataclass(frozen=True, slots=True)
class Found:
    relative_name: str
    """Below the spool, with `/` between folders."""
    role: Role


def role_of(name: str) -> Role:
    """Say by a file's name, without its folder, what the intake does with it."""
    if name.startswith("."):
        return Role.LEFT_ALONE
    if name.lower().endswith(".wav"):
        return Role.CANDIDATE
    return Role.SIDECAR if is_sidecar(name) else Role.LEFT_ALONE


def scan(spool_fd: int, below: str = "") -> Iterator[Found]:
    """Go through a spool, or through one folder of it, in no order.

    Folders that vanish meanwhile are passed over; hidden ones are left alone.

    Args:
        spool_fd: The spool's folder.
        below: A folder below it, as the watcher names one that was created; empty for the whole spool.

    Raises:
        OSError: the spool itself cannot be read.
    """
    if not below:
        yield from _walk(spool_fd, "", DEPTH_LIMIT)
        return
    folder_fd = os.dup(spool_fd)
    try:
        for part in below.split("/"):
            if part in ("", ".", ".."):
                return
            inner_fd = os.open(part, _FOLDER, dir_fd=folder_fd)
            os.close(folder_fd)
            folder_fd = inner_fd
        yield from _walk(folder_fd, below + "/", DEPTH_LIMIT)
    except OSError:
        # Gone, or replaced by something else: the rescan of the whole says so where it matters.
        return
    finally:
        os.close(folder_fd)


def _walk(folder_fd: int, prefix: str, depth: int) -> Iterator[Found]:
    with os.scandir(folder_fd) as entries:
        names = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in names:
        relative_name = prefix + name
        if not is_folder:
            yield Found(relative_name, role_of(name))
        elif name.startswith("."):
            yield Found(relative_name, Role.LEFT_ALONE)
        elif depth == 0:
            yield Found(relative_name, Role.UNREADABLE)
        else:
            yield from _folder(folder_fd, name, relative_name, depth)


def _folder(parent_fd: int, name: str, relative_name: str, depth: int) -> Iterator[Found]:
    try:
        folder_fd = os.open(name, _FOLDER, dir_fd=parent_fd)
    except FileNotFoundError:
        return
    except OSError:
        yield Found(relative_name, Role.UNREADABLE)
        return
    try:
        yield from _walk(folder_fd, relative_name + "/", depth - 1)
    finally:
        os.close(folder_fd)
