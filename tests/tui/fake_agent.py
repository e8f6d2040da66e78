"""An agent for the tests of the terminal UI: the whole of `agent.client`'s surface, in memory, misbehaving
on demand.

The real `agent.client.Client` talks to it over an in-process transport, so requests, errors and cleaning
are the real ones.

    agent = FakeAgent()
    client = agent.client()
    agent.arrive(3)                                  # three newer contacts, and an event
    agent.fail("/contacts", CannotLog(why="disk"))   # every request below this path, until `agent.mend()`
    agent.hold("/contacts"); agent.release()         # replies wait
    agent.lose(); agent.find()                       # nobody answers; somebody answers again
    agent.asked                                      # what was asked, as "GET /contacts?offset=0"
"""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent import wire
from agent.client import Client
from agent.errors import (
    Conflict,
    EarwitnessError,
    NotFound,
    NotPermitted,
    NotSignedIn,
    RangeUnavailable,
    SignInFailed,
    UnknownTerm,
)
from agent.wire import Capability, Role
from tests.tui.fake_register import NEWEST_AT, FakeRegister

PASSWORD = "correct horse"
_HEARS: list[Capability] = [
    Capability.CONTACT_SEARCH,
    Capability.CONTACT_SHOW,
    Capability.CONTACT_LISTEN,
]
_REVIEWS = [Capability.AUDIT_READ, Capability.STATUS_READ]
_TENDS = [
    Capability.INTAKE_READ,
    Capability.QUARANTINE_RETRY,
    Capability.QUARANTINE_EXPORT,
    Capability.SOURCE_ACKNOWLEDGE,
    Capability.STATUS_READ,
]
CAPABILITIES: dict[Role, list[Capability]] = {
    Role.ADVISER: [*_HEARS, Capability.CONTACT_ANNOTATE],
    Role.MANAGER: [*_HEARS, Capability.CONTACT_ANNOTATE, Capability.CONTACT_EXPORT, Capability.STATUS_READ],
    Role.CONTROLLER: list(Capability),
    Role.ADMINISTRATOR: list(Capability),
    Role.MAINTENANCE: [*_HEARS, *_TENDS],
    Role.SECURITY: _REVIEWS,
    Role.DPO: _REVIEWS,
}
_CONTACT_TERMS = ("number", "adviser", "service", "direction", "after", "before", "on", "longer", "shorter")
_LOG_TERMS = ("actor", "action", "outcome", "contact", "purpose", "uid", "request", "session", "searched")
_TERMS = frozenset((*_CONTACT_TERMS, "case", "tag", "has", *_LOG_TERMS))


class FakeAgent:
    """One installation. `accounts` maps a user name to its roles; all have the password `PASSWORD`."""

    def __init__(self, *, contacts: int = 5000, hostile: bool = False) -> None:
        self.register = FakeRegister(size=contacts, hostile=hostile)
        self.accounts: dict[str, list[Role]] = {role.value: [role] for role in Role} | {"anna.berg": [Role.MANAGER]}
        self.log_size = self.register.log_size_at_start
        self.quarantine_size = 12
        self.searches: dict[str, str] = {"complaints": "tag:complaint", "long ones": "longer:10m"}
        self.asked: list[str] = []
        self.retried: list[str] = []
        self.acknowledged: list[tuple[str, str]] = []
        """Sources whose recordings in place were acknowledged, with the reason."""
        self.state = self.register.state(self.log_size)
        self.odd_found: list[wire.Odd] = []
        self.exported_lines: int | None = None
        """How many entries an export brings when it is not as many as it announces."""
        self.exported_bytes: int | None = None
        """How many bytes of a quarantined file come when it is not all of them."""
        self.unmatched: wire.Unmatched | None = None
        """What is told in place of what the register makes up."""
        self.agreement_missing = False
        self.reachable = True
        self._session: str | None = None
        self._failures: dict[str, EarwitnessError] = {}
        self._held: dict[str, asyncio.Event] = {}
        self._listeners: list[asyncio.Queue[str | None]] = []
        self._app = Starlette(routes=self._routes())

    # --- for tests
    # ---------------------------------------------------------------------------------------------------

    def client(self) -> Client:
        return Client(Path("agent.sock"), via="tui", transport=_Transport(self, self._app))

    def session(self, user: str = "anna.berg") -> wire.Session:
        """A session that has begun already, to hand to the application."""
        self._session = user
        return wire.Session(token="token-" + user, me=self._me(user))

    def arrive(self, count: int = 1) -> None:
        """Let contacts arrive, with an event."""
        self.register.size += count
        self.happen("contacts")

    def log(self, count: int = 1) -> None:
        """Let entries be added to the log, with an event."""
        self.log_size += count
        self.happen("audit")

    def happen(self, event: str) -> None:
        for listener in self._listeners:
            listener.put_nowait(_line(event))

    def erase(self, contact_id: str) -> None:
        self.register.erased.add(contact_id)

    def fail(self, path: str, error: EarwitnessError) -> None:
        self._failures[path] = error

    def mend(self) -> None:
        self._failures.clear()

    def hold(self, path: str) -> None:
        self._held[path] = asyncio.Event()

    def release(self) -> None:
        for event in self._held.values():
            event.set()
        self._held.clear()

    def lose(self) -> None:
        """Stop answering, and break the live events."""
        self.reachable = False
        for listener in self._listeners:
            listener.put_nowait(None)

    def find(self) -> None:
        self.reachable = True

    def end_session(self) -> None:
        """Forget the session, as after its expiry."""
        self._session = None

    @property
    def is_listened_to(self) -> bool:
        """Whether somebody has subscribed to the live events."""
        return bool(self._listeners)

    # --- transport
    # ---------------------------------------------------------------------------------------------------

    async def before(self, path: str) -> None:
        """Hold or fail a request."""
        for held, event in list(self._held.items()):
            if path.startswith(held):
                await event.wait()
        for failing, error in self._failures.items():
            if path.startswith(failing):
                raise error
        if path != "/session" and self._session is None:
            raise NotSignedIn

    async def events(self) -> AsyncIterator[bytes]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.append(queue)
        try:
            yield _line("hello").encode()
            while (line := await queue.get()) is not None:
                yield line.encode()
        finally:
            self._listeners.remove(queue)
        raise httpx.ReadError("the connection was lost")

    # --- routes
    # ------------------------------------------------------------------------------------------------------

    def _routes(self) -> list[Route]:
        routes: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("POST", "/session", self._sign_in),
            ("DELETE", "/session", self._sign_out),
            ("GET", "/me", self._get_me),
            ("GET", "/contacts", self._contacts),
            ("GET", "/contacts/count", self._contact_count),
            ("GET", "/contacts/position", self._position),
            ("GET", "/contacts/{id}", self._contact),
            ("GET", "/contacts/{id}/waveform", self._waveform),
            ("GET", "/contacts/{id}/audio", self._audio),
            ("POST", "/contacts/{id}/export", self._export),
            ("POST", "/contacts/{id}/notes", self._add_note),
            ("POST", "/contacts/{id}/tags", self._add_tag),
            ("DELETE", "/contacts/{id}/tags/{tag}", self._remove_tag),
            ("GET", "/searches", self._searches),
            ("POST", "/searches", self._save_search),
            ("DELETE", "/searches/{name:path}", self._forget_search),
            ("GET", "/audit", self._audit),
            ("GET", "/audit/count", self._audit_count),
            ("GET", "/audit/state", self._log_state),
            ("GET", "/audit/hours", self._hours),
            ("GET", "/audit/odd", self._odd),
            ("POST", "/audit/odd/{id}/acknowledge", self._acknowledge),
            ("POST", "/audit/export", self._export_log),
            ("GET", "/intake", self._intake),
            ("POST", "/intake/sources/{source}/acknowledge", self._acknowledge_standing),
            ("GET", "/quarantine", self._quarantine),
            ("POST", "/quarantine/{id}/retry", self._retry),
            ("POST", "/quarantine/{id}/file", self._quarantined_file),
            ("GET", "/unmatched", self._unmatched),
            ("GET", "/status", self._status),
        ]
        return [Route("/v1" + path, self._guarded(answer), methods=[method]) for method, path, answer in routes]

    def _guarded(self, answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            path = request.url.path.removeprefix("/v1")
            asked = f"?{request.url.query}" if request.url.query else ""
            self.asked.append(f"{request.method} {path}{asked}")
            try:
                await self.before(path)
                return await answer(request)
            except EarwitnessError as error:
                return _problem(error)

        return guarded

    async def _sign_in(self, request: Request) -> Response:
        asked = wire.SignIn.model_validate(await request.json())
        if asked.password != PASSWORD or asked.user not in self.accounts:
            raise SignInFailed
        return _body(self.session(asked.user))

    async def _sign_out(self, request: Request) -> Response:
        self._session = None
        return Response(status_code=204)

    async def _get_me(self, request: Request) -> Response:
        return _body(self._me(self._session or ""))

    def _me(self, user: str) -> wire.Me:
        roles = self.accounts[user]
        capabilities = sorted({capability for role in roles for capability in CAPABILITIES[role]})
        if self.agreement_missing:
            withheld = {Capability.CONTACT_LISTEN, Capability.QUARANTINE_EXPORT}
            capabilities = [one for one in capabilities if one not in withheld]
        return wire.Me(
            user=user,
            display_name=user.replace(".", " ").title(),
            roles=roles,
            capabilities=capabilities,
            scope="own" if Role.ADVISER in roles else "all",
            agreement_missing=self.agreement_missing,
            expires_at=NEWEST_AT + timedelta(hours=10),
            purposes=list(wire.Purpose),
        )

    # --- contacts
    # ----------------------------------------------------------------------------------------------------

    async def _contacts(self, request: Request) -> Response:
        asked = request.query_params
        self._require(Capability.CONTACT_SEARCH)
        as_of = asked.get("as_of") or str(self.register.size)
        found = self._found(asked.get("query", ""), int(as_of), asked.get("sort", "-started_at"))
        offset, limit = int(asked.get("cursor") or asked.get("offset", "0")), int(asked.get("limit", "100"))
        rows = [self.register.contact(number) for number in found[offset : offset + limit]]
        return _body(
            wire.Page[wire.Contact](
                items=rows,
                as_of=as_of,
                next_cursor=str(offset + limit) if offset + limit < len(found) else None,
            )
        )

    async def _contact_count(self, request: Request) -> Response:
        asked = request.query_params
        self._require(Capability.CONTACT_SEARCH)
        as_of = int(asked.get("as_of") or self.register.size)
        query = asked.get("query", "")
        count = len(self._found(query, as_of))
        if asked.get("newer") == "true":
            count = len(self._found(query, self.register.size)) - count
        return _body(wire.Count(count=count, as_of=str(as_of)))

    async def _position(self, request: Request) -> Response:
        asked = request.query_params
        found = self._found(asked.get("query", ""), int(asked["as_of"]), asked.get("sort", "-started_at"))
        number = self._number(asked["id"])
        return _body(wire.Position(offset=found.index(number) if number in found else None))

    async def _contact(self, request: Request) -> Response:
        self._require(Capability.CONTACT_SHOW)
        return _body(self.register.shown(self._number_there(request)))

    async def _waveform(self, request: Request) -> Response:
        self._require(Capability.CONTACT_LISTEN)
        contact = self.register.contact(self._number_there(request))
        columns = int(request.query_params.get("columns", "400"))
        adviser = [255 if column // 20 % 2 == 0 else 6 for column in range(columns)]
        customer = [6 if column // 20 % 2 == 0 else 160 for column in range(columns)]
        return _body(wire.Waveform(duration_s=contact.duration_s, peaks=[adviser, customer]))

    async def _audio(self, request: Request) -> Response:
        self._require(Capability.CONTACT_LISTEN)
        wire.Purpose(request.query_params["purpose"])
        number = self._number_there(request)
        size = self.register.contact(number).recordings[0].size_bytes
        start, last = (int(end) for end in request.headers["range"].removeprefix("bytes=").split("-"))
        if start >= size:
            raise RangeUnavailable(size=str(size))
        return Response(self.register.audio(number, start, last + 1), status_code=206, media_type="audio/wav")

    async def _export(self, request: Request) -> Response:
        self._require(Capability.CONTACT_EXPORT)
        number = self._number_there(request)
        size = self.register.contact(number).recordings[0].size_bytes
        return Response(self.register.audio(number, 0, size), media_type="audio/wav")

    async def _add_note(self, request: Request) -> Response:
        self._require(Capability.CONTACT_ANNOTATE)
        contact = self.register.contact(self._number_there(request))
        asked = wire.NewNote.model_validate(await request.json())
        notes = self.register.notes.setdefault(contact.id, [])
        note = wire.Note(
            id=len(notes) + 1,
            at=NEWEST_AT,
            author=self._session or "",
            text=asked.text,
            position_s=asked.position_s,
        )
        notes.append(note)
        return _body(note)

    async def _add_tag(self, request: Request) -> Response:
        self._require(Capability.CONTACT_ANNOTATE)
        contact = self.register.contact(self._number_there(request))
        asked = wire.NewTag.model_validate(await request.json())
        self.register.tags.setdefault(contact.id, []).append(asked.tag)
        return Response(status_code=204)

    async def _remove_tag(self, request: Request) -> Response:
        self._require(Capability.CONTACT_ANNOTATE)
        contact = self.register.contact(self._number_there(request))
        tags = self.register.tags.get(contact.id, [])
        if request.path_params["tag"] not in tags:
            raise NotFound(kind="tag", id=request.path_params["tag"])
        tags.remove(request.path_params["tag"])
        return Response(status_code=204)

    async def _searches(self, request: Request) -> Response:
        kept = [wire.SavedSearch(name=name, query=query) for name, query in sorted(self.searches.items())]
        return _body(wire.Page[wire.SavedSearch](items=kept, as_of="0"))

    async def _save_search(self, request: Request) -> Response:
        asked = wire.NewSavedSearch.model_validate(await request.json())
        self.searches[asked.name] = asked.query
        return Response(status_code=204)

    async def _forget_search(self, request: Request) -> Response:
        if self.searches.pop(request.path_params["name"], None) is None:
            raise NotFound(kind="search", id=request.path_params["name"])
        return Response(status_code=204)

    def _found(self, query: str, as_of: int, sort: str = "-started_at") -> list[int]:
        """Numbers of the contacts that a search finds, in its order."""
        terms = shlex.split(query)
        for term in terms:
            name, colon, _value = term.removeprefix("-").partition(":")
            if colon and name not in _TERMS:
                raise UnknownTerm(term=term, why="there is no such term")
        numbers = [number for number in range(as_of - 1, -1, -1) if f"c{number:06d}" not in self.register.erased]
        if terms:
            numbers = [
                number
                for number in numbers
                if all(self._matches(self.register.contact(number), term) for term in terms)
            ]
        if sort != "-started_at":
            name = sort.removeprefix("-").replace("duration", "duration_s")
            numbers.sort(
                key=lambda number: (
                    str(getattr(self.register.contact(number), name) or "")
                    if name in ("adviser", "service")
                    else getattr(self.register.contact(number), name)
                ),
                reverse=sort.startswith("-"),
            )
        return numbers

    @staticmethod
    def _matches(contact: wire.Contact, term: str) -> bool:
        name, colon, value = term.partition(":")
        if not colon:
            return term.lower() in f"{contact.adviser} {contact.service}".lower()
        if name in ("adviser", "service"):
            return value.lower() in str(getattr(contact, name)).lower()
        if name == "direction":
            return contact.direction == value
        if name == "tag":
            return value in contact.tags
        return True

    # --- log, intake, health
    # -----------------------------------------------------------------------------------------

    async def _audit(self, request: Request) -> Response:
        self._require(Capability.AUDIT_READ)
        asked = request.query_params
        as_of = asked.get("as_of") or str(self.log_size)
        found = self._found_entries(asked.get("query", ""), int(as_of))
        offset, limit = int(asked.get("cursor") or asked.get("offset", "0")), int(asked.get("limit", "100"))
        return _body(
            wire.Page[wire.Entry](
                items=[self.register.entry(seq) for seq in found[offset : offset + limit]],
                as_of=as_of,
                next_cursor=str(offset + limit) if offset + limit < len(found) else None,
            )
        )

    async def _audit_count(self, request: Request) -> Response:
        self._require(Capability.AUDIT_READ)
        asked = request.query_params
        as_of = int(asked.get("as_of") or self.log_size)
        count = len(self._found_entries(asked.get("query", ""), as_of))
        if asked.get("newer") == "true":
            count = len(self._found_entries(asked.get("query", ""), self.log_size)) - count
        return _body(wire.Count(count=count, as_of=str(as_of)))

    def _found_entries(self, query: str, as_of: int) -> list[int]:
        found = list(range(as_of - 1, -1, -1))
        for term in shlex.split(query):
            name, colon, value = term.removeprefix("-").partition(":")
            if colon and name not in _TERMS:
                raise UnknownTerm(term=term, why="there is no such term")
            if name in ("action", "outcome", "actor", "contact", "request", "uid", "searched", "number"):
                is_wanted = not term.startswith("-")
                found = [seq for seq in found if self._says(seq, name, value) is is_wanted]
        return found

    def _says(self, seq: int, name: str, value: str) -> bool:
        entry = self.register.entry(seq)
        match name:
            case "action":
                return entry.action.startswith(value)
            case "searched" | "number":
                return entry.action == "contact.search" and seq % 100 == 0
        said = {
            "actor": entry.actor.account,
            "contact": entry.target,
            "request": entry.request_id,
            "uid": str(entry.actor.uid),
            "outcome": entry.outcome.value,
        }
        return said[name] == value

    async def _log_state(self, request: Request) -> Response:
        self._require(Capability.AUDIT_READ)
        open_findings = sum(odd.acknowledged is None for odd in self.odd_found)
        return _body(self.state.model_copy(update={"odd": open_findings}))

    async def _hours(self, request: Request) -> Response:
        self._require(Capability.AUDIT_READ)
        self._found_entries(request.query_params.get("query", ""), 0)
        return _body(self.register.hours())

    async def _odd(self, request: Request) -> Response:
        self._require(Capability.AUDIT_READ)
        is_shown = [odd.acknowledged is None or "acknowledged" in request.query_params for odd in self.odd_found]
        items = [odd for odd, shown in zip(self.odd_found, is_shown, strict=True) if shown]
        return _body(wire.Page[wire.Odd](items=items, as_of="0"))

    async def _acknowledge(self, request: Request) -> Response:
        self._require(Capability.AUDIT_READ)
        remark = wire.Acknowledge.model_validate(await request.json()).remark
        done = wire.Acknowledged(at=NEWEST_AT, by=self._session or "", remark=remark)
        ids = [odd.id for odd in self.odd_found]
        if request.path_params["id"] not in ids:
            raise NotFound(kind="odd finding", id=request.path_params["id"])
        index = ids.index(request.path_params["id"])
        self.odd_found[index] = self.odd_found[index].model_copy(update={"acknowledged": done})
        return Response(status_code=204)

    async def _export_log(self, request: Request) -> Response:
        self._require(Capability.AUDIT_READ)
        found = self._found_entries(request.query_params.get("query", ""), self.log_size)
        first = {"checkpoint": "earwitness\n", "vkey": "earwitness+00+AA", "entries": len(found)}
        lines = [{"index": seq, "leaf": "e30=", "proof": []} for seq in found[: self.exported_lines]]
        return Response("".join(json.dumps(line) + "\n" for line in [first, *lines]))

    async def _intake(self, request: Request) -> Response:
        self._require(Capability.INTAKE_READ)
        return _body(self.register.intake(self.quarantine_size))

    async def _acknowledge_standing(self, request: Request) -> Response:
        self._require(Capability.SOURCE_ACKNOWLEDGE)
        asked, source = wire.AcknowledgeStanding.model_validate(await request.json()), request.path_params["source"]
        if self.register.standing.get(source) != wire.Standing.model_validate(asked.model_dump()):
            raise Conflict(what="something else stands there")
        del self.register.standing[source]
        self.acknowledged.append((source, asked.reason))
        return Response(status_code=204)

    async def _quarantine(self, request: Request) -> Response:
        self._require(Capability.INTAKE_READ)
        asked = request.query_params
        offset, limit = int(asked.get("offset", "0")), int(asked.get("limit", "100"))
        kept = [f"q{number:04d}" for number in range(self.quarantine_size)]
        numbers = [number for number, item in enumerate(kept) if item not in self.retried]
        items = [self.register.quarantined(number) for number in numbers[offset : offset + limit]]
        return _body(wire.Page[wire.QuarantineItem](items=items, as_of=asked.get("as_of") or "0"))

    async def _retry(self, request: Request) -> Response:
        self._require(Capability.QUARANTINE_RETRY)
        self.retried.append(request.path_params["id"])
        return Response(status_code=202)

    async def _quarantined_file(self, request: Request) -> Response:
        self._require(Capability.QUARANTINE_EXPORT)
        wire.Purpose(request.query_params["purpose"])
        content = self.register.quarantined_file(int(request.path_params["id"].removeprefix("q")))
        return Response(content[: self.exported_bytes], media_type="application/octet-stream")

    async def _unmatched(self, request: Request) -> Response:
        self._require(Capability.INTAKE_READ)
        return _body(self.unmatched or self.register.unmatched())

    async def _status(self, request: Request) -> Response:
        return _body(
            wire.Status(
                version="0.1.0",
                started_at=NEWEST_AT - timedelta(days=3),
                can_log=True,
                contacts=self.register.size,
                log_size=self.log_size,
                checkpoint_at=NEWEST_AT,
                intake=self.register.intake(self.quarantine_size),
            )
        )

    def _require(self, capability: Capability) -> None:
        if capability not in self._me(self._session or "").capabilities:
            raise NotPermitted(capability=capability.value)

    def _number_there(self, request: Request) -> int:
        contact_id = request.path_params["id"]
        if contact_id in self.register.erased or self._number(contact_id) >= self.register.size:
            raise NotFound(kind="contact", id=contact_id)
        return self._number(contact_id)

    @staticmethod
    def _number(contact_id: str) -> int:
        try:
            return int(contact_id.removeprefix("c"))
        except ValueError:
            raise NotFound(kind="contact", id=contact_id) from None


class _Transport(httpx.AsyncBaseTransport):
    """The fake agent behind the real client; httpx's ASGI transport cannot stream events."""

    def __init__(self, agent: FakeAgent, app: Any) -> None:
        self._agent = agent
        self._asgi = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self._agent.reachable:
            raise httpx.ConnectError("nobody answers", request=request)
        if request.url.path != "/v1/events":
            return await self._asgi.handle_async_request(request)
        self._agent.asked.append("GET /events")
        try:
            await self._agent.before("/events")
        except EarwitnessError as error:
            problem = _problem(error)
            return httpx.Response(problem.status_code, content=bytes(problem.body))
        return httpx.Response(200, stream=_Stream(self._agent.events()))


class _Stream(httpx.AsyncByteStream):
    def __init__(self, lines: AsyncIterator[bytes]) -> None:
        self._lines = lines

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for line in self._lines:
            yield line

    async def aclose(self) -> None:
        await self._lines.aclose()  # type: ignore[attr-defined]  # an asynchronous generator has it


def _line(event: str) -> str:
    return json.dumps({"event": event, "at": NEWEST_AT.isoformat()}) + "\n"


def _body(body: BaseModel) -> Response:
    return JSONResponse(body.model_dump(mode="json"))


def _problem(error: EarwitnessError) -> Response:
    problem = wire.Problem(
        type=f"urn:earwitness:error:{error.code}",
        title=error.code,
        status=error.status,
        detail=error.in_english(),
        code=error.code,
        parameters=error.parameters,
    )
    return JSONResponse(problem.model_dump(mode="json"), error.status, media_type="application/problem+json")
