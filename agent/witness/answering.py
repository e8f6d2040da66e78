"""A witness asked over HTTP (C2SP tlog-witness), on a Unix socket or on one pair of streams.

    POST /add-checkpoint       200 cosignature line · 400 · 403 · 404 · 409 size · 422 · 500 · 503 · 507
    GET  /HASH/checkpoint      200 the last head, cosigned · 404; HASH is the SHA-256 of the log's origin

A refusal's body is one sentence, its word stands in the header `Earwitness-Refusal`. There is no authentication but the
signature under the checkpoint. Of what a stranger sent, nothing is written into the journal.
"""

from __future__ import annotations

import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, BinaryIO

from agent.audit.submission import ADD_CHECKPOINT, BYTES_LIMIT, REFUSAL_HEADER, SIZE_TYPE
from agent.witness.cosigning import Witness
from agent.witness.memory import Watched, origin_hash
from agent.witness.refusal import Malformed, OtherSize, Refused, Shrank, UnknownLog

IDLE_S = 10.0
CONNECTIONS = 32
"""Answered at the same time; whoever comes then waits."""
_PLAIN = "text/plain; charset=utf-8"


class Answering(BaseHTTPRequestHandler):
    """One connection. `exit_code` is that of the last answer."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    wbufsize = -1
    server: Any
    exit_code = Malformed.exit_code

    def do_POST(self) -> None:
        if self.path != ADD_CHECKPOINT:
            self._refuse(UnknownLog("there is nothing here but add-checkpoint"))
            return
        try:
            line = self.server.witness.answer(self._body())
        except Refused as refused:
            self._refuse(refused)
        else:
            self._answer(200, _PLAIN, str(line))

    def do_GET(self) -> None:
        digest = self.path.strip("/").removesuffix("/checkpoint")
        try:
            note = _newest(self.server.witness, digest)
        except Refused as refused:
            self._refuse(refused)
        else:
            self._answer(200, _PLAIN, note)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= BYTES_LIMIT):
            raise Malformed("a request has a Content-Length, of at most 64 KiB")
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            raise Malformed("the request ended before its length")
        return body

    def _refuse(self, refused: Refused) -> None:
        self.close_connection = True  # what of the body was not read must not be taken for the next request
        self._tell(refused)
        if isinstance(refused, OtherSize | Shrank):
            self._answer(refused.status, SIZE_TYPE, f"{refused.seen_size}\n", refused)
        else:
            self._answer(refused.status, _PLAIN, f"{refused}\n", refused)

    def _answer(self, status: int, kind: str, body: str, refused: Refused | None = None) -> None:
        content = body.encode()
        self.exit_code = refused.exit_code if refused else 0
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if refused:
            self.send_header(REFUSAL_HEADER, refused.word)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def _tell(self, refused: Refused) -> None:
        print(f"refused, {refused.word}: {refused}", file=sys.stderr, flush=True)  # noqa: T201 - the witness's journal

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The library's own words for a request that it cannot read would repeat parts of it."""
        if self.request_version == "HTTP/0.9":
            self.request_version = self.protocol_version
        self._refuse(Malformed("this is no request of C2SP tlog-witness"))

    def version_string(self) -> str:
        return "earwitness-witness"

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _newest(witness: Witness, digest: str) -> str:
    for watched in witness.memory.all_watched():
        if isinstance(watched, Watched) and watched.seen and origin_hash(watched.key.name) == digest:
            return str(watched.seen.note)
    raise UnknownLog("no head of this log was cosigned")


class _Streams:
    """A pair of streams in place of a socket."""

    def __init__(self, said: BinaryIO, answered: BinaryIO) -> None:
        self._said, self._answered = said, answered

    def settimeout(self, _seconds: float) -> None:
        pass

    def makefile(self, mode: str, _size: int) -> BinaryIO:
        return self._said if "r" in mode else self._answered


class _OneRequest(Answering):
    def handle(self) -> None:
        self.close_connection = True
        self.handle_one_request()


class _Server:
    def __init__(self, witness: Witness) -> None:
        self.witness = witness


def answer_one(witness: Witness, said: BinaryIO, answered: BinaryIO) -> int:
    """Answer one request on a pair of streams; the exit code that belongs to the answer."""
    streams: Any = _Streams(said, answered)
    server: Any = _Server(witness)
    return _OneRequest(streams, "", server).exit_code


class Listening(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """A witness on a Unix socket, each connection in a thread of its own."""

    daemon_threads = True
    request_queue_size = CONNECTIONS
    """Whoever finds the queue full is turned away at once, and who was quiet before is no reason for that."""

    def __init__(self, path: Path, witness: Witness) -> None:
        self.witness = witness
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__(str(path), Answering)
        path.chmod(0o666)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody left in the middle, or worse; the next one is answered."""
        print(f"a connection ended: {type(sys.exception()).__name__}", file=sys.stderr, flush=True)  # noqa: T201
