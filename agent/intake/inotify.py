"""watchdog's inotify observer, with what it keeps of its watches set right, and threads that end without naming a file.

As it comes (7.1) it says in a warning, with the folder's name, that a folder is watched twice: one made between the
watch on its parent and the look into it, or one that was moved out of the spool and back. And it knows a folder both by
its path and by its watch, but when one path was had by two folders (the first was moved away, or is gone and still open
somewhere), then the end of both raises KeyError in the thread that reads the kernel's events, or in whoever stops it.

And it holds the name that a file had before it was moved for half a second, with all that comes after it, to tell both
names together. Here the name that a file has now is told, at once; only for folders both must be known.
"""

from __future__ import annotations

import logging
import os

from watchdog.observers.api import DEFAULT_OBSERVER_TIMEOUT, BaseObserver
from watchdog.observers.inotify import InotifyFullEmitter, InotifyWatchGroup
from watchdog.observers.inotify_c import CallbackId, InotifyFD, Mask, WatchCallback, WatchDescriptor
from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper, PathedInotifyEvent
from watchdog.utils import BaseThread

journal = logging.getLogger("earwitness.intake")


class Observer(BaseObserver):
    """Watches as `InotifyObserver(generate_full_events=True)` does."""

    def __init__(self) -> None:
        self._reader = _Reader()
        self._reader.start()
        super().__init__(_Emitter, timeout=DEFAULT_OBSERVER_TIMEOUT, inotify_fd=self._reader)

    def is_whole(self) -> bool:
        """Whether all of its threads are at work."""
        threads = (self, self._reader, *self.emitters)
        return all(thread.is_alive() for thread in threads)

    def on_thread_stop(self) -> None:
        super().on_thread_stop()
        self._reader.stop()
        self._reader.join()


class _Telling(BaseThread):
    """Ends at an error of which only the kind is told: its words may hold a name."""

    def run(self) -> None:
        try:
            super().run()
        except Exception as error:  # noqa: BLE001 - whoever looks whether the thread is alive begins again
            journal.error("a spool is not watched until it is looked at again: %s", type(error).__name__)


class _Reader(_Telling, InotifyFD):
    def _add_callback(self, path: bytes, mask: Mask, callback: WatchCallback, id_: CallbackId) -> WatchDescriptor:
        watch = self._get_or_create_watch(path, mask)
        watch.callbacks[id_] = callback
        return watch.wd


class _Grouper(InotifyMoveEventGrouper):
    def put_event(self, event: PathedInotifyEvent) -> None:
        if event.ev.is_directory:
            super().put_event(event)
        else:
            self._queue.put(event)


class _Watches(InotifyWatchGroup):
    def __post_init__(self) -> None:
        self._move_event_grouper = _Grouper()
        super().__post_init__()

    def _remove_watch_internally(self, wd: WatchDescriptor) -> None:
        path = self._active_callbacks_by_watch.pop(wd, None)
        if path is not None and self._active_callbacks_by_path.get(path) == wd:
            del self._active_callbacks_by_path[path]


class _Emitter(_Telling, InotifyFullEmitter):
    def on_thread_start(self) -> None:
        self._inotify = _Watches(
            self._inotify_fd,
            os.fsencode(self.watch.path),
            is_recursive=self.watch.is_recursive,
            event_mask=self.get_event_mask_from_filter(),
            follow_symlink=self.watch.follow_symlink,
        )
