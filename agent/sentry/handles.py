"""Where an opened file lies in this process's own view of the file systems, by its handle. open_by_handle_at(2).

A path that the kernel gives for somebody's descriptor is true in that process's mount namespace: whoever mounts the
vault on a folder of their own gets another path. A handle names the file itself, and opened through our own mount it
has the path that it has here. Takes CAP_DAC_READ_SEARCH. What is opened is a path only (O_PATH): no data, no event.

    struct file_handle: handle_bytes (4), handle_type (4), f_handle (at most 128)
"""

from __future__ import annotations

import ctypes
import os

_MAX_HANDLE = 128
_AT_EMPTY_PATH = 0x1000
_libc = ctypes.CDLL(None, use_errno=True)


class _Handle(ctypes.Structure):
    _fields_ = (
        ("bytes", ctypes.c_uint),
        ("type", ctypes.c_int),
        ("handle", ctypes.c_ubyte * _MAX_HANDLE),
    )


def path_here(fd: int, mount: str) -> str | None:
    """The path of an opened file through `mount`, a folder on the same file system; None when it has none."""
    handle, mount_id = _Handle(bytes=_MAX_HANDLE), ctypes.c_int()
    if _libc.name_to_handle_at(
        ctypes.c_int(fd), ctypes.c_char_p(b""), ctypes.byref(handle), ctypes.byref(mount_id), _AT_EMPTY_PATH
    ):
        return None
    try:
        # Not O_PATH, which open_by_handle_at refuses; opening a folder raises no event of ours.
        through = os.open(mount, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        found = _libc.open_by_handle_at(ctypes.c_int(through), ctypes.byref(handle), os.O_PATH | os.O_CLOEXEC)
    finally:
        os.close(through)
    if found < 0:
        return None
    try:
        return os.readlink(f"/proc/self/fd/{found}")  # noqa: PTH115 - it is the text of the link that is wanted
    finally:
        os.close(found)
