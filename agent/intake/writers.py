"""Whether somebody still writes a file: a recorder that hears nothing for minutes has not finished with it.

A call on hold stands still like one whose recorder was killed, and what is written after the file has left its spool
is lost. The kernel knows: it grants a read lease (`fcntl(2)`, `F_SETLEASE`) only on a file that nobody has open for
writing.
"""

from __future__ import annotations

import errno
import fcntl
import signal
from contextlib import suppress


def has_writer(fd: int) -> bool:
    """Tell whether somebody has a file open for writing.

    False also where the kernel does not tell: on network shares, and for files of another user unless the agent has
    CAP_LEASE.

    Args:
        fd: The file, open for reading only. Whoever opens it for writing just now waits until the lease is given back,
            which is at once.
    """
    try:
        # Of an opener the kernel tells by SIGIO, which ends a process that does not expect it; this one is ignored.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as refused:
        return refused.errno == errno.EAGAIN
    with suppress(OSError):  # closing the file gives it back too
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
