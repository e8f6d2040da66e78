"""One HTTP request and its answer, within a time: over a Unix socket, TCP, TLS, or a command's input and output.

A public witness and `earwitness-witness answer` behind SSH are asked with the same bytes. Of the answer at most
64 KiB are read, and of a command's or a peer's words nothing gets into an error text.
"""

from __future__ import annotations

import http.client
import io
import os
import select
import socket
import ssl
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agent.forwarding import command
from agent.forwarding.delivery import SLICE_S, NotDelivered, Patience

ANSWER_LIMIT = 64 * 1024
_PIECE = 8192


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


Exchange = Callable[[str, bytes, Patience], Answer]
"""Post a body to a path and give the answer. Raises NotDelivered."""


def over_command(argv: Sequence[str]) -> Exchange:
    def post(path: str, body: bytes, patience: Patience) -> Answer:
        process = command.started(argv, output=subprocess.PIPE)
        try:
            command.write_all(process, _request("witness", path, body), patience)
            answer = _read_pipe(process, patience)
            if not answer:
                process.wait(patience.left_s())
                raise NotDelivered(f"the command gave no answer (exit code {process.returncode})")
        except subprocess.TimeoutExpired as error:
            raise NotDelivered("the command does not come to its end") from error
        except OSError as error:
            raise NotDelivered(f"the command cannot be talked to ({error.strerror})") from error
        finally:
            command.ended(process)
        return _parsed(answer)

    return post


def over_socket(socket_path: Path) -> Exchange:
    def connect(patience: Patience) -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            made.settimeout(patience.left_s())
            made.connect(str(socket_path))
        except BaseException:
            made.close()
            raise
        return made

    return _over(connect, "witness", "")


def over_url(url: str) -> Exchange:
    parts = urlsplit(url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)

    def connect(patience: Patience) -> socket.socket:
        made = socket.create_connection((host, port), timeout=patience.left_s())
        try:
            return ssl.create_default_context().wrap_socket(made, server_hostname=host) if is_tls else made
        except BaseException:
            made.close()
            raise

    return _over(connect, parts.netloc, parts.path.rstrip("/"))


def _over(connect: Callable[[Patience], socket.socket], host: str, prefix: str) -> Exchange:
    def post(path: str, body: bytes, patience: Patience) -> Answer:
        try:
            with connect(patience) as connected:
                connected.settimeout(patience.left_s())
                connected.sendall(_request(host, prefix + path, body))
                return _parsed(_read_socket(connected, patience))
        except OSError as error:
            raise NotDelivered(f"it cannot be reached ({error.strerror or type(error).__name__})") from error

    return post


def _request(host: str, path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: earwitness\r\nConnection: close\r\n"
    return f"{head}Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _read_socket(connected: socket.socket, patience: Patience) -> bytes:
    read = bytearray()
    while len(read) <= ANSWER_LIMIT:
        connected.settimeout(patience.slice_s())
        try:
            piece = connected.recv(_PIECE)
        except TimeoutError:
            continue
        if not piece:
            return bytes(read)
        read += piece
    raise NotDelivered("its answer has no end")


def _read_pipe(process: subprocess.Popen[bytes], patience: Patience) -> bytes:
    assert process.stdout is not None
    pipe, read = process.stdout.fileno(), bytearray()
    while len(read) <= ANSWER_LIMIT:
        ready, _, _ = select.select([pipe], [], [], min(SLICE_S, patience.left_s()))
        if not ready:
            continue
        piece = os.read(pipe, _PIECE)
        if not piece:
            return bytes(read)
        read += piece
    raise NotDelivered("its answer has no end")


def _parsed(answer: bytes) -> Answer:
    readable: Any = _Bytes(answer)
    try:
        response = http.client.HTTPResponse(readable, method="POST")
        response.begin()
        body = response.read()
    except (http.client.HTTPException, ValueError, OSError) as error:
        raise NotDelivered("its answer is no answer of HTTP") from error
    return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)


class _Bytes:
    """An answer that was read already, where the library expects a socket."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._content)
