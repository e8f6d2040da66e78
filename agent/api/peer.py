"""Who is at the other end of the socket: SO_PEERCRED (unix(7)), put where every request finds it.

Uvicorn knows of a Unix socket's client nothing but that it has no address; the kernel knows its OS user.
"""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

_UCRED = struct.Struct("3i")


class PeerProtocol(H11Protocol):
    """HTTP/1.1 whose `scope["client"]` is (uid of the peer, its pid)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn itself narrows it
        super().connection_made(transport)
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family == socket.AF_UNIX:
            pid, uid, _gid = _UCRED.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
            self.client = (str(uid), pid)


def uid_of(request: Request) -> int | None:
    """The OS user who asks; None when it did not come over a Unix socket."""
    host = request.client.host if request.client else ""
    return int(host) if host.isdigit() else None
