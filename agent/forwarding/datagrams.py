"""Datagrams to a Unix socket or by UDP: one record each, waiting for room, never without end.

A Unix datagram is in the receiver's queue once it was sent. One by UDP may get lost on its way, and nobody is told.
"""

from __future__ import annotations

import select
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from agent.forwarding.delivery import NotDelivered, Patience


class Datagrams:
    """A connected datagram socket, opened when it is first needed.

    Args:
        where: A path, or (host, port) for UDP.
    """

    def __init__(self, where: Path | tuple[str, int]) -> None:
        self._where = where
        self._socket: socket.socket | None = None

    def send(self, message: bytes, patience: Patience) -> None:
        """Hand one datagram over.

        Raises:
            NotDelivered: it was not taken.
        """
        try:
            while not self._is_taken(self._opened(), message):
                select.select([], [self._opened()], [], patience.slice_s())
        except OSError as error:
            self.close()
            raise NotDelivered(f"the socket does not take it ({error.strerror})") from error
        except NotDelivered:
            self.close()
            raise

    @staticmethod
    def _is_taken(to: socket.socket, message: bytes) -> bool:
        try:
            to.send(message)
        except BlockingIOError:
            return False
        return True

    def _opened(self) -> socket.socket:
        if self._socket is None:
            if isinstance(self._where, Path):
                family, address = socket.AF_UNIX, str(self._where)
                made, peer = socket.socket(family, socket.SOCK_DGRAM), address
                _connect(made, peer)
            else:
                [(family_, kind, protocol, _name, peer_), *_others] = socket.getaddrinfo(
                    *self._where, type=socket.SOCK_DGRAM
                )
                made = socket.socket(family_, kind, protocol)
                _connect(made, peer_)
            self._socket = made
        return self._socket

    def close(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
            self._socket = None


def _connect(made: socket.socket, peer: str | tuple[Any, ...]) -> None:
    made.setblocking(False)
    try:
        made.connect(peer)
    except OSError:
        made.close()
        raise
