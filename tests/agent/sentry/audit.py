"""The kernel's audit as it is, read beside the sentry, to see that it is left as it was found."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

_HEAD = struct.Struct("=IHHII")
_GET, _SET, _ADD, _DELETE, _LIST = 1000, 1001, 1011, 1012, 1013
_DONE, _ERROR = 3, 2


def _asked(kind: int, payload: bytes = b"", *, flags: int = 0x5) -> Iterator[tuple[int, bytes]]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9) as asking:
        asking.bind((0, 0))
        asking.settimeout(10)
        asking.sendto(_HEAD.pack(_HEAD.size + len(payload), kind, flags, 1, 0) + payload, (0, 0))
        while True:
            datagram = asking.recv(65_536)
            found = _HEAD.unpack_from(datagram)[1]
            yield found, datagram[_HEAD.size :]
            if found == {_GET: _GET, _LIST: _DONE}.get(kind, _ERROR):
                return


def state() -> tuple[int, int, list[bytes]]:
    """Whether it is enabled, who its daemon is, and its rules."""
    [(_, payload), *_] = [answer for answer in _asked(_GET) if answer[0] == _GET]
    _, enabled, _, daemon = struct.unpack_from("=4I", payload)
    rules = [payload for kind, payload in _asked(_LIST, flags=0x305) if kind == _LIST]
    return enabled, daemon, rules


@contextmanager
def rule(bytes_of_it: bytes) -> Iterator[None]:
    """A rule of the test's own, taken away afterwards."""
    for _ in _asked(_ADD, bytes_of_it):
        pass
    try:
        yield
    finally:
        for _ in _asked(_DELETE, bytes_of_it):
            pass
