"""Which marks make a place watched, and new folders as they come.

A place that is a whole file system of its own gets a file system mark: whatever is opened there is seen, by whichever
name. Any other gets a mark on each of its folders, and inotify tells of new ones; between the making of a folder and
its mark nothing in it is seen. Reading a folder's list of names raises no event of ours.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from agent.sentry.fanotify import Fanotify
from agent.sentry.inotify_events import CREATE, IS_FOLDER, MOVED_TO, ONLY_FOLDERS, OVERFLOW, folder_events
from agent.sentry.mounts import is_own_filesystem, mounts
from agent.sentry.plan import Place

_MOUNTINFO = Path("/proc/self/mountinfo")
_READ_BYTES = 65_536
_libc = ctypes.CDLL(None, use_errno=True)


class Marks:
    """Args:
    fanotify: The group that is asked.
    """

    def __init__(self, fanotify: Fanotify) -> None:
        self._fanotify = fanotify
        self._inotify: int = _libc.inotify_init1(ctypes.c_int(os.O_CLOEXEC | os.O_NONBLOCK))
        if self._inotify < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._folders: dict[int, str] = {}
        self._whole: set[int] = set()
        """Devices of the file systems that are marked whole."""
        self.unwatched: dict[str, str] = {}
        """Place = why it is not watched."""

    def fileno(self) -> int:
        return self._inotify

    def place(self, places: Sequence[Place]) -> None:
        """Mark what can be marked; again for what could not."""
        mounted = mounts(_MOUNTINFO.read_bytes())
        for place in places:
            try:
                self._mark(place, is_own_filesystem(place.path, mounted))
                self.unwatched.pop(place.name, None)
            except OSError as error:
                self.unwatched[place.name] = error.strerror or type(error).__name__

    def _mark(self, place: Place, is_own: bool) -> None:
        device = Path(place.path).stat().st_dev
        if device in self._whole:
            return
        if is_own:
            self._fanotify.mark_filesystem(place.path)
            self._whole.add(device)
        elif place.is_recursive:
            self._mark_tree(place.path)
        else:
            self._fanotify.mark_folder(place.path)

    def _mark_tree(self, folder: str) -> None:
        """Watch for new folders first, then mark, then go down: a folder made meanwhile is told or found."""
        pending = [folder]
        while pending:
            here = pending.pop()
            self._follow(here)
            self._fanotify.mark_folder(here)
            with os.scandir(here) as entries:
                pending += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]

    def _follow(self, folder: str) -> None:
        mask = CREATE | MOVED_TO | ONLY_FOLDERS
        watch = _libc.inotify_add_watch(
            ctypes.c_int(self._inotify), ctypes.c_char_p(os.fsencode(folder)), ctypes.c_uint32(mask)
        )
        if watch < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        self._folders[watch] = folder

    def follow_new(self) -> list[str]:
        """Mark folders that have come since; why some could not be."""
        troubles = []
        for folder in self._new():
            try:
                self._mark_tree(folder)
            except FileNotFoundError:
                continue  # it has gone again
            except OSError as error:
                troubles.append(error.strerror or type(error).__name__)
        return troubles

    def _new(self) -> Iterator[str]:
        try:
            read = os.read(self._inotify, _READ_BYTES)
        except BlockingIOError:
            return
        for event in folder_events(read):
            if event.mask & OVERFLOW:
                yield from list(self._folders.values())
            elif event.mask & IS_FOLDER and event.watch in self._folders:
                yield os.path.join(self._folders[event.watch], os.fsdecode(event.name))  # noqa: PTH118

    def close(self) -> None:
        os.close(self._inotify)
