"""A fanotify group with permission events, by `ctypes`. fanotify_init(2), fanotify_mark(2).

It owns one group's descriptor: who closes it, or dies, lets every open go on that waits for an answer. It takes
CAP_SYS_ADMIN to make the group and to mark a file system; reading, answering and marking folders need no capability
afterwards.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import suppress

from agent.sentry.events import EVENT_BYTES, OPEN_PERM, Event, answer, events

READ_EVENTS = 64
"""At most in one read: each comes with two descriptors."""

_CLOEXEC, _NONBLOCK, _CLASS_CONTENT = 0x1, 0x2, 0x4
_UNLIMITED_QUEUE, _UNLIMITED_MARKS, _REPORT_PIDFD = 0x10, 0x20, 0x80
_MARK_ADD, _MARK_ONLYDIR, _MARK_FILESYSTEM = 0x1, 0x8, 0x100
_EVENT_ON_CHILD = 0x0800_0000
_AT_FDCWD = -100
_libc = ctypes.CDLL(None, use_errno=True)


class Fanotify:
    """A group that is asked before each open in what it has marked.

    Raises:
        OSError: EPERM without CAP_SYS_ADMIN; ENOSYS or EINVAL when this kernel has no permission events or no pidfds.
    """

    def __init__(self) -> None:
        flags = _CLASS_CONTENT | _REPORT_PIDFD | _CLOEXEC | _NONBLOCK | _UNLIMITED_QUEUE | _UNLIMITED_MARKS
        opened_as = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_LARGEFILE", 0)
        self._fd: int = _libc.fanotify_init(ctypes.c_uint(flags), ctypes.c_uint(opened_as))
        if self._fd < 0:
            raise _error("fanotify_init")

    def fileno(self) -> int:
        return self._fd

    def mark_filesystem(self, path: str) -> None:
        """Everything on the file system that `path` lies on, through whichever mount, name or namespace."""
        self._mark(_MARK_ADD | _MARK_FILESYSTEM, OPEN_PERM, path)

    def mark_folder(self, path: str) -> None:
        """The files directly in a folder, when they are opened by a name in it."""
        self._mark(_MARK_ADD | _MARK_ONLYDIR, OPEN_PERM | _EVENT_ON_CHILD, path)

    def _mark(self, flags: int, mask: int, path: str) -> None:
        if _libc.fanotify_mark(
            ctypes.c_int(self._fd),
            ctypes.c_uint(flags),
            ctypes.c_uint64(mask),
            ctypes.c_int(_AT_FDCWD),
            ctypes.c_char_p(os.fsencode(path)),
        ):
            raise _error("fanotify_mark")

    def read(self) -> Iterator[Event]:
        """What waits, at most `READ_EVENTS`; the caller closes each event's descriptors.

        Raises:
            EventsUnreadable: see there.
        """
        try:
            read = os.read(self._fd, READ_EVENTS * EVENT_BYTES)
        except BlockingIOError:
            return iter(())
        return events(read)

    def answer(self, fd: int, verdict: int) -> None:
        """Let an open go on or refuse it, and close its descriptor."""
        # An opener that was killed while it waited is no longer there to be answered (ENOENT).
        with suppress(FileNotFoundError):
            os.write(self._fd, answer(fd, verdict))
        os.close(fd)

    def close(self) -> None:
        """Every open that waits goes on."""
        os.close(self._fd)


def _error(call: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{call}: {os.strerror(number)}")
