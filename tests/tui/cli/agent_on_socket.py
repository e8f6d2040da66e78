"""A small agent that speaks HTTP on a real Unix socket: enough of it to test the command line.

It keeps what it was asked, so that a test can look at it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from agent import wire
from agent.errors import EarwitnessError, NotFound, NotSignedIn, SignInFailed

PASSWORD = "correct horse battery"
TOKEN = "token-of-this-session"
AT = datetime(2026, 11, 23, 13, 51, 4, tzinfo=UTC)


@dataclass
class AgentOnSocket:
    """What the agent knows and what it was asked."""

    contacts: list[wire.ShownContact] = field(default_factory=list)
    entries: list[wire.Entry] = field(default_factory=list)
    state: wire.LogState = field(default_factory=lambda: wire.LogState(size=0, can_log=True))
    hours: list[list[int]] = field(default_factory=lambda: [[0] * 24 for _ in range(7)])
    odd: list[wire.Odd] = field(default_factory=list)
    exported: list[bytes] = field(default_factory=list)
    """The pieces of an export of the log."""
    files: dict[str, bytes] = field(default_factory=dict)
    """The bytes of each recording."""
    remarks: list[tuple[str, str]] = field(default_factory=list)
    """Acknowledged findings, with what was remarked."""
    coming: list[wire.Entry] = field(default_factory=list)
    """Entries that are written while somebody follows."""
    tokens: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Method, path and parameters of every request."""
    refuse: dict[str, EarwitnessError] = field(default_factory=dict)
    """What is answered to a path instead."""

    def asked_of(self, path: str) -> list[dict[str, str]]:
        return [parameters for _method, asked, parameters in self.asked if asked == path]

    def application(self) -> FastAPI:
        application = FastAPI()
        application.add_exception_handler(EarwitnessError, _problem)
        application.middleware("http")(self._take_note)

        @application.post("/v1/session")
        async def sign_in(asked: wire.SignIn) -> wire.Session:
            if asked.password != PASSWORD:
                raise SignInFailed
            token = TOKEN if TOKEN not in self.tokens else f"{TOKEN}-{len(self.tokens)}"
            self.tokens.add(token)
            return wire.Session(token=token, me=me(asked.user))

        @application.delete("/v1/session", status_code=204)
        async def sign_out(request: Request) -> None:
            self._signed_in(request)
            self.tokens.remove(request.headers["Authorization"].removeprefix("Bearer "))

        @application.get("/v1/me")
        async def who(request: Request) -> wire.Me:
            self._signed_in(request)
            return me("anna.berg")

        @application.get("/v1/contacts")
        async def contacts(request: Request, limit: int = 100, cursor: int = 0) -> wire.Page[wire.ShownContact]:
            self._signed_in(request)
            return _page(self.contacts, limit, cursor)

        @application.get("/v1/audit")
        async def audit(request: Request, limit: int = 100, cursor: int = 0) -> wire.Page[wire.Entry]:
            self._signed_in(request)
            return _page(self.entries, limit, cursor)

        @application.get("/v1/audit/count")
        async def count(request: Request, as_of: str = "then") -> wire.Count:
            self._signed_in(request)
            return wire.Count(count=len(self.entries), as_of=as_of)

        @application.get("/v1/audit/state")
        async def state(request: Request) -> wire.LogState:
            self._signed_in(request)
            return self.state

        @application.get("/v1/audit/hours")
        async def hours(request: Request) -> wire.Hours:
            self._signed_in(request)
            return wire.Hours(since=AT, until=AT, zone="Europe/Helsinki", counts=self.hours)

        @application.get("/v1/audit/odd")
        async def odd(request: Request, acknowledged: bool = False) -> wire.Page[wire.Odd]:
            self._signed_in(request)
            items = [one for one in self.odd if acknowledged or one.acknowledged is None]
            return wire.Page(items=items, as_of="0")

        @application.post("/v1/audit/odd/{odd_id}/acknowledge", status_code=204)
        async def acknowledge(request: Request, odd_id: str, asked: wire.Acknowledge) -> None:
            self._signed_in(request)
            self.remarks.append((odd_id, asked.remark))

        @application.post("/v1/audit/export")
        async def export_log(request: Request) -> Response:
            self._signed_in(request)
            return StreamingResponse(iter(self.exported), media_type="application/x-ndjson")

        @application.get("/v1/events")
        async def events(request: Request) -> Response:
            self._signed_in(request)
            return StreamingResponse(self._lines(), media_type="application/x-ndjson")

        @application.get("/v1/contacts/{contact_id}")
        async def contact(request: Request, contact_id: str) -> wire.ShownContact:
            self._signed_in(request)
            return self._contact(contact_id)

        @application.post("/v1/contacts/{contact_id}/export")
        async def export(request: Request, contact_id: str, recording: str) -> Response:
            self._signed_in(request)
            data = self.files[recording]
            middle = len(data) // 2
            return StreamingResponse(iter([data[:middle], data[middle:]]), media_type="audio/wav")

        return application

    def _lines(self) -> Iterator[bytes]:
        """What happens: one entry of those that come, at a time; then the agent leaves."""
        while self.coming:
            self.entries.insert(0, self.coming.pop(0))
            yield wire.Event(event="audit", at=AT).model_dump_json().encode() + b"\n"

    async def _take_note(self, request: Request, call_next: Callable[[Request], Any]) -> Response:
        path = request.url.path
        self.asked.append((request.method, path, dict(request.query_params)))
        if path in self.refuse:
            return await _problem(request, self.refuse[path])
        answer: Response = await call_next(request)
        return answer

    def _signed_in(self, request: Request) -> None:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            raise NotSignedIn

    def _contact(self, contact_id: str) -> wire.ShownContact:
        found = next((contact for contact in self.contacts if contact.id == contact_id), None)
        if found is None:
            raise NotFound(kind="contact", id=contact_id)
        return found


def _page(items: list[Any], limit: int, cursor: int) -> wire.Page[Any]:
    end = cursor + limit
    return wire.Page(items=items[cursor:end], as_of="then", next_cursor=str(end) if end < len(items) else None)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, EarwitnessError)
    body = wire.Problem(
        type=f"urn:earwitness:error:{error.code}",
        title=error.code,
        status=error.status,
        detail=error.in_english(),
        code=error.code,
        parameters=error.parameters,
    )
    return JSONResponse(body.model_dump(), error.status, media_type="application/problem+json")


def me(user: str) -> wire.Me:
    return wire.Me(
        user=user,
        display_name="Anna Berg",
        roles=[wire.Role.MANAGER],
        capabilities=list(wire.Capability),
        scope="all",
        expires_at=AT,
        purposes=list(wire.Purpose),
    )


def recording(recording_id: str, data: bytes) -> wire.Recording:
    return wire.Recording(
        id=recording_id,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        encoding="alaw",
        rate_hz=8000,
        channels=1,
        bits=8,
        duration_s=450.0,
        source_name="out-600-3201.wav",
        data_offset=58,
        data_bytes=len(data),
        block_bytes=1,
        block_frames=1,
    )


def contact(contact_id: str = "c-1", **changed: Any) -> wire.ShownContact:
    facts: dict[str, Any] = {
        "id": contact_id,
        "medium": wire.Medium.CALL,
        "started_at": AT,
        "duration_s": 450.0,
        "direction": wire.Direction.OUT,
        "number": "+46701740605",
        "withheld": False,
        "adviser": "Anna Berg",
        "service": "Vatten",
        "recordings": [],
        "provenance": {"number": wire.Provenance(read_from="file name", said="0701740605")},
        "zone": "Europe/Helsinki",
        "taken_in_at": AT,
    }
    return wire.ShownContact(**(facts | changed))


def entry(seq: int, **changed: Any) -> wire.Entry:
    facts: dict[str, Any] = {
        "seq": seq,
        "at": AT,
        "actor": wire.Actor(account="anna.berg", uid=1000, via="tui"),
        "action": "contact.listen",
        "outcome": wire.Outcome.ALLOWED,
        "target": "c-1",
        "purpose": "complaint",
        "case": "C-118",
    }
    return wire.Entry(**(facts | changed))


@contextmanager
def listening(agent: AgentOnSocket, socket: Path) -> Iterator[Path]:
    """Serve an agent on a socket, until the block is left."""
    config = uvicorn.Config(agent.application(), uds=str(socket), log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="agent on socket")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield socket
    finally:
        server.should_exit = True
        thread.join()
