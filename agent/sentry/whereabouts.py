"""Which watched place an opened file lies in, and under which name.

It looks at descriptors and asks for paths; it opens nothing that could raise an event.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.sentry.handles import path_here
from agent.sentry.plan import Place

ELSEWHERE = "elsewhere"
"""On a watched file system, or of a watched folder, but under no name that it has in a watched place."""
_DELETED = " (deleted)"


@dataclass(frozen=True, slots=True)
class Where:
    place: str
    name: str | None
    """Relative to the place, with surrogates for bytes that are not UTF-8."""
    device: int
    inode: int


class Whereabouts:
    """Finds places.

    Args:
        places: Their paths are real ones, without links.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = sorted(places, key=lambda place: len(place.path), reverse=True)
        """The inner ones first: the vault lies in the state folder."""

    def of(self, fd: int) -> Where:
        found = os.fstat(fd)
        identity = found.st_dev, found.st_ino
        path = os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115 - a path object a link is half of what this costs
        place = self._of_path(path)
        if place is None or _identity(path) != identity:
            place, path = self._by_handle(fd, found.st_dev) or self._of_deleted(path)
        if place is None:
            return Where(ELSEWHERE, None, *identity)
        return Where(place.name, os.path.relpath(path, place.path), *identity)

    def _of_path(self, path: str) -> Place | None:
        return next((place for place in self._places if path.startswith(place.path + "/")), None)

    def _by_handle(self, fd: int, device: int) -> tuple[Place, str] | None:
        for mount in self._places:
            if _device(mount.path) != device:
                continue
            path = path_here(fd, mount.path)
            place = None if path is None else self._of_path(path)
            if path is not None and place is not None:
                return place, path
        return None

    def _of_deleted(self, path: str) -> tuple[Place | None, str]:
        """A file without a name is opened again through /proc/PID/fd: the kernel tells the name that it had."""
        if not path.endswith(_DELETED):
            return None, path
        path = path.removesuffix(_DELETED)
        return self._of_path(path), path


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _device(path: str) -> int | None:
    try:
        return Path(path).stat().st_dev
    except OSError:
        return None
