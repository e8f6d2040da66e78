"""What the sentry may do, and giving it up. capabilities(7), capset(2), prctl(2).

capability            for what                                                 until
────────────────────  ───────────────────────────────────────────────────────  ────────────────────────
CAP_SYS_ADMIN         a fanotify group with permission events, file system     the places are marked
                      marks
CAP_AUDIT_READ        the kernel's audit stream                                its socket is bound
CAP_AUDIT_CONTROL     watches of the kernel's audit, only with `audit = true`  it leaves
CAP_SYS_PTRACE        /proc of other users' processes                          it leaves
CAP_DAC_READ_SEARCH   an opened file's path by its handle; folders to mark     it leaves
"""

from __future__ import annotations

import ctypes
import os
from enum import IntEnum

_VERSION_3 = 0x2008_0522
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAPBSET_READ, _PR_CAPBSET_DROP = 23, 24
_PR_CAP_AMBIENT, _AMBIENT_CLEAR_ALL = 47, 4
_libc = ctypes.CDLL(None, use_errno=True)


class Capability(IntEnum):
    """Bits of linux/capability.h."""

    DAC_READ_SEARCH = 2
    SYS_PTRACE = 19
    SYS_ADMIN = 21
    AUDIT_CONTROL = 30
    AUDIT_READ = 37


MARKING = frozenset({Capability.SYS_ADMIN, Capability.SYS_PTRACE, Capability.DAC_READ_SEARCH})
WATCHING = frozenset({Capability.SYS_PTRACE, Capability.DAC_READ_SEARCH})
AUDITING = frozenset({Capability.AUDIT_READ, Capability.AUDIT_CONTROL})


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def held() -> frozenset[Capability]:
    """Of those above, what this process has in effect."""
    data = (_Data * 2)()
    if _libc.capget(ctypes.byref(_Header(_VERSION_3, 0)), data):
        raise _error("capget")
    bits = data[0].effective | data[1].effective << 32
    return frozenset(one for one in Capability if bits >> one & 1)


def keep(wanted: frozenset[Capability]) -> None:
    """Give up everything else, for good: also for programs that this process might start.

    Raises:
        OSError: one of them is not there to be kept (EPERM).
    """
    _libc.prctl(_PR_CAP_AMBIENT, _AMBIENT_CLEAR_ALL, 0, 0, 0)
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise _error("prctl")
    for number in range(64):
        if number not in wanted and _libc.prctl(_PR_CAPBSET_READ, number, 0, 0, 0) == 1:
            _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)  # without CAP_SETPCAP it stays, and NO_NEW_PRIVS suffices
    bits = sum(1 << one for one in wanted)
    low, high = bits & 0xFFFF_FFFF, bits >> 32
    data = (_Data * 2)(_Data(low, low, 0), _Data(high, high, 0))
    if _libc.capset(ctypes.byref(_Header(_VERSION_3, 0)), data):
        raise _error("capset")


def _error(call: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{call}: {os.strerror(number)}")
