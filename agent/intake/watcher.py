"""The wake-up: what happens in a spool is told at once, as far as the kernel tells it.

It owns one `watchdog` observer over one source's spool. It reports files that were closed or moved in, and
folders that appeared; it does not listen to writes, of which a recorder makes fifty a second. It promises
nothing: events can be lost (a full queue, too few watches, a folder filled before it was watched), and the
rescan (`agent.intake.scan`) finds what it missed. It reads no file and decides nothing.

The callback runs in the observer's thread.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserverVFS

from agent.intake import inotify

POLL_INTERVAL_S = 1.0

_HEARD: dict[str, list[type[FileSystemEvent]]] = {
    "inotify": [FileClosedEvent, FileMovedEvent, DirCreatedEvent, DirMovedEvent],
    "polling": [FileCreatedEvent, FileMovedEvent, DirCreatedEvent, DirMovedEvent],
}
_IN_WORDS = {
    errno.ENOENT: "the spool does not exist",
    errno.ENOTDIR: "the spool is not a folder",
    errno.EACCES: "the spool may not be read by the agent's user",
    errno.EPERM: "the spool may not be read by the agent's user",
    errno.ENOSPC: "the kernel allows no more watches (fs.inotify.max_user_watches)",
    errno.EMFILE: "too many files are open, or watchers (fs.inotify.max_user_instances)",
}


@dataclass(frozen=True, slots=True)
class Woken:
    """Something happened to a name in the spool."""

    relative_name: str
    """Below the spool, with surrogates for bytes that are not UTF-8."""
    closed: bool
    """A writer closed it, or it was moved in as it is."""
    is_folder: bool = False
    """A folder appeared: what is in it may not be told one by one."""


class Watcher:
    """Watches one spool with all its folders.

    Args:
        spool: It need not exist yet.
        watch: `polling` for file systems whose changes the kernel does not tell.
        woken: Called for each event, in the observer's thread.
        poll_interval_s: How often `polling` looks.
    """

    def __init__(
        self,
        spool: Path,
        watch: Literal["inotify", "polling"],
        woken: Callable[[Woken], None],
        *,
        poll_interval_s: float = POLL_INTERVAL_S,
    ) -> None:
        self._spool = spool
        self._watch = watch
        self._woken = woken
        self._poll_interval_s = poll_interval_s
        self._observer: BaseObserver | None = None
        self._watched: tuple[int, int] | None = None
        self.trouble: str | None = "it has not been started"
        """Why the spool is not watched, in English; None when it is."""

    def check(self) -> bool:
        """Start watching, or start again if the spool went, came back or was replaced; call it now and then.

        Returns:
            Whether watching began with this call: what came before it is for a rescan to find.
        """
        try:
            found = _identity(self._spool)
        except OSError as error:
            self.stop()
            self.trouble = _in_words(error)
            return False
        if self._observer is not None and self._watched == found and _is_alive(self._observer):
            return False
        self.stop()
        try:
            self._observer = self._started()
        except OSError as error:
            self.trouble = _in_words(error)
            return False
        self._watched = found
        self.trouble = None
        return True

    def stop(self) -> None:
        """Stop watching and wait for the observer's threads to end."""
        observer, self._observer, self._watched = self._observer, None, None
        self.trouble = "it has been stopped"
        if observer is not None:
            _end(observer)

    def _started(self) -> BaseObserver:
        # The kernel is told not to follow links, so a spool that is one is resolved first.
        spool = self._spool.resolve()
        observer: BaseObserver
        if self._watch == "polling":
            observer = PollingObserverVFS(os.lstat, os.scandir, polling_interval=self._poll_interval_s)
        else:
            observer = inotify.Observer()
        try:
            handler = _Handler(os.fsencode(spool), self._woken, sees_closing=self._watch == "inotify")
            observer.schedule(handler, str(spool), recursive=True, event_filter=_HEARD[self._watch])
            observer.start()
        except OSError:
            _end(observer)
            raise
        return observer


class _Handler(FileSystemEventHandler):
    def __init__(self, spool: bytes, woken: Callable[[Woken], None], *, sees_closing: bool) -> None:
        self._prefix = spool.rstrip(b"/") + b"/"
        self._woken = woken
        self._sees_closing = sees_closing

    def dispatch(self, event: FileSystemEvent) -> None:
        is_moved = isinstance(event, FileMovedEvent | DirMovedEvent)
        path = os.fsencode(event.dest_path if is_moved else event.src_path)
        if not path.startswith(self._prefix):
            return  # moved out of the spool
        # A file in a folder that was moved is told too, but nobody knows whether a writer still has it.
        is_whole = isinstance(event, FileClosedEvent | FileMovedEvent) and not event.is_synthetic
        self._woken(
            Woken(
                os.fsdecode(path.removeprefix(self._prefix)),
                is_whole and self._sees_closing,
                event.is_directory,
            )
        )


def _identity(spool: Path) -> tuple[int, int]:
    """Which folder the spool is now; it must be one that can be read."""
    fd = os.open(spool, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        found = os.fstat(fd)
    finally:
        os.close(fd)
    return found.st_dev, found.st_ino


def _is_alive(observer: BaseObserver) -> bool:
    if isinstance(observer, inotify.Observer):
        return observer.is_whole()
    return observer.is_alive() and all(emitter.is_alive() for emitter in observer.emitters)


def _end(observer: BaseObserver) -> None:
    observer.stop()
    if observer.ident is not None:
        observer.join()


def _in_words(error: OSError) -> str:
    return _IN_WORDS.get(error.errno or 0) or f"the spool cannot be watched ({error.strerror})"
