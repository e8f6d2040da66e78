"""Bytes over TCP, taken only when the other end's kernel has acknowledged them.

A write to a socket says no more than that this kernel has room. What a peer's death leaves in the send queue would be
lost; so a record counts as taken once the queue is empty (SIOCOUTQ, tcp(7)) and the peer has not hung up. What the
receiving program does with it afterwards no byte on this connection can tell.
"""

from __future__ import annotations

import fcntl
import select
import socket
import struct
import termios
import time
from contextlib import suppress

from agent.forwarding.delivery import NotDelivered, Patience

POLL_S = 0.005


class Stream:
    """A TCP connection, made when it is first needed.

    Args:
        host, port: Whom to call.
    """

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._socket: socket.socket | None = None

    def send(self, data: bytes, patience: Patience) -> None:
        """Hand bytes over and wait until the other end has them.

        Raises:
            NotDelivered: perhaps a part of them.
        """
        try:
            connected = self._opened(patience)
            self._write(connected, data, patience)
            self._settle(connected, patience)
        except OSError as error:
            self.close()
            raise NotDelivered(f"the connection broke ({error.strerror or type(error).__name__})") from error
        except NotDelivered:
            self.close()
            raise

    def _opened(self, patience: Patience) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._where, timeout=patience.left_s())
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        _require_alive(self._socket)
        return self._socket

    @staticmethod
    def _write(connected: socket.socket, data: bytes, patience: Patience) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[connected.send(view) :]
            except BlockingIOError:
                select.select([], [connected], [], patience.slice_s())
            else:
                patience.got_on()

    @staticmethod
    def _settle(connected: socket.socket, patience: Patience) -> None:
        before = None
        while unacknowledged := struct.unpack("i", fcntl.ioctl(connected, termios.TIOCOUTQ, bytes(4)))[0]:
            if unacknowledged != before:
                patience.got_on()
            before = unacknowledged
            time.sleep(min(POLL_S, patience.slice_s()))
        _require_alive(connected)

    def close(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.close()
            self._socket = None


def _require_alive(connected: socket.socket) -> None:
    """A peer that has hung up has left what was sent unread, as far as anybody can tell."""
    with suppress(BlockingIOError):
        if not connected.recv(4096):
            raise NotDelivered("the other end has hung up")
