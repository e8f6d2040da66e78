"""How to call the agent: one asynchronous method a question, over HTTP on its Unix socket.

It owns the transport, the decoding of replies, and the cleaning of every string in them: what the agent sends may hold
text from outside (file names, notes), so control, bidirectional and zero-width characters become U+FFFD here, before
anything can show them. It decides nothing and keeps nothing but the session token in memory.
"""

from __future__ import annotations

import json
import re
import secrets
import ssl
import unicodedata
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from agent import wire
from agent.errors import AgentUnreachable, EarwitnessError, kinds

Reply = TypeVar("Reply", bound=BaseModel)
Via = Literal["tui", "cli", "api"]

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For a Unix socket, where nobody speaks TLS: it trusts no authority, and loads none, which would take 20 ms."""
DEFAULT_SOCKET = Path("/run/earwitness/agent.sock")
TEXT_LIMIT = 4000
"""Characters of one string that are kept; nothing the agent keeps is longer."""
READ_TIMEOUT_S = 30.0
REQUEST_ID_HEADER = "X-Request-Id"
EXPORT_CHUNK_BYTES = 1 << 18

_UNSHOWABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]|[\ud800-\udfff]"
)


def clean(text: str) -> str:
    """Make outside text safe to show: NFC, nothing that moves a cursor or hides a letter, at most `TEXT_LIMIT` long."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", unicodedata.normalize("NFC", text[:TEXT_LIMIT]))


def cleaned(value: Any) -> Any:
    """The same JSON value with every string in it cleaned, keys too."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): cleaned(item) for key, item in value.items()}
    return value


class Client:
    """A connection to the agent.

    Args:
        socket: The agent's Unix socket.
        token: Of an earlier `sign_in`, for a command of its own process.
        via: What asks; it is written into the log.
        transport: In place of the socket, for tests.

    Every method raises `AgentUnreachable` when nobody answers, and the error that the agent answered with otherwise.
    """

    def __init__(
        self,
        socket: Path,
        *,
        token: str | None = None,
        via: Via = "api",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.socket = socket
        self.token = token
        self.via: Via = via
        self._http = httpx.AsyncClient(
            transport=transport or httpx.AsyncHTTPTransport(verify=NO_TLS, uds=str(socket)),
            base_url="http://agent" + wire.API,
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=5.0),
            trust_env=False,
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    # --- session ---------------------------------------------------------------------------------------------------

    async def sign_in(self, user: str, password: str) -> wire.Session:
        """Begin a session; its token is kept and sent from now on."""
        asked = wire.SignIn(user=user, password=password, via=self.via)
        session = await self._ask(wire.Session, "POST", "/session", body=asked)
        self.token = session.token
        return session

    async def sign_out(self) -> None:
        await self._send("DELETE", "/session")
        self.token = None

    async def me(self) -> wire.Me:
        return await self._ask(wire.Me, "GET", "/me")

    # --- contacts --------------------------------------------------------------------------------------------------

    async def contacts(
        self,
        query: str = "",
        *,
        offset: int = 0,
        limit: int = 100,
        sort: wire.ContactSort = wire.ContactSort.NEWEST,
        as_of: str | None = None,
        cursor: str | None = None,
    ) -> wire.Page[wire.Contact]:
        """A part of a search. Without `as_of` it is a new search, with its own entry in the log."""
        return await self._ask(
            wire.Page[wire.Contact],
            "GET",
            "/contacts",
            query=query,
            offset=offset,
            limit=limit,
            sort=sort.value,
            as_of=as_of,
            cursor=cursor,
        )

    async def contact_count(self, query: str = "", *, as_of: str | None = None, newer: bool = False) -> wire.Count:
        """How many contacts a search holds; with `newer`, how many have come since the snapshot `as_of`."""
        return await self._ask(wire.Count, "GET", "/contacts/count", query=query, as_of=as_of, newer=newer or None)

    async def contact_position(
        self,
        contact_id: str,
        query: str = "",
        *,
        as_of: str,
        sort: wire.ContactSort = wire.ContactSort.NEWEST,
    ) -> wire.Position:
        """Where a contact stands in a search, so that the cursor can stay on it."""
        return await self._ask(
            wire.Position,
            "GET",
            "/contacts/position",
            id=contact_id,
            query=query,
            as_of=as_of,
            sort=sort.value,
        )

    async def contact(self, contact_id: str) -> wire.ShownContact:
        return await self._ask(wire.ShownContact, "GET", f"/contacts/{_segment(contact_id)}")

    async def waveform(self, contact_id: str, *, recording_id: str | None = None, columns: int = 400) -> wire.Waveform:
        return await self._ask(
            wire.Waveform,
            "GET",
            f"/contacts/{_segment(contact_id)}/waveform",
            recording=recording_id,
            columns=columns,
        )

    async def audio(
        self,
        contact_id: str,
        *,
        purpose: wire.Purpose,
        start: int,
        stop: int,
        recording_id: str | None = None,
        case: str | None = None,
        reason: str | None = None,
    ) -> bytes:
        """Bytes `start` to `stop` (exclusive) of a recording's untouched file, fewer at its end."""
        reply = await self._send(
            "GET",
            f"/contacts/{_segment(contact_id)}/audio",
            headers={"Range": f"bytes={start}-{stop - 1}"},
            purpose=purpose.value,
            case=case,
            reason=reason,
            recording=recording_id,
        )
        return reply.content

    async def export(
        self,
        contact_id: str,
        *,
        purpose: wire.Purpose,
        reason: str,
        recording_id: str | None = None,
        case: str | None = None,
    ) -> AsyncIterator[bytes]:
        """The whole untouched file, piece by piece. The log has it as an export, with its reason."""
        path = f"/contacts/{_segment(contact_id)}/export"
        asked = {"purpose": purpose.value, "reason": reason, "case": case, "recording": recording_id}
        async for piece in self._streamed("POST", path, **asked):
            yield piece

    async def add_note(self, contact_id: str, text: str, *, position_s: float | None = None) -> wire.Note:
        asked = wire.NewNote(text=text, position_s=position_s)
        return await self._ask(wire.Note, "POST", f"/contacts/{_segment(contact_id)}/notes", body=asked)

    async def add_tag(self, contact_id: str, tag: str) -> None:
        await self._send("POST", f"/contacts/{_segment(contact_id)}/tags", body=wire.NewTag(tag=tag))

    async def remove_tag(self, contact_id: str, tag: str) -> None:
        await self._send("DELETE", f"/contacts/{_segment(contact_id)}/tags/{_segment(tag)}")

    async def saved_searches(self) -> list[wire.SavedSearch]:
        page = await self._ask(wire.Page[wire.SavedSearch], "GET", "/searches")
        return page.items

    async def save_search(self, name: str, query: str) -> None:
        """Keep a search under a name, in place of one of the same name."""
        await self._send("POST", "/searches", body=wire.NewSavedSearch(name=name, query=query))

    async def forget_search(self, name: str) -> None:
        await self._send("DELETE", f"/searches/{_segment(name)}")

    # --- the log ---------------------------------------------------------------------------------------------------

    async def audit(
        self,
        query: str = "",
        *,
        offset: int = 0,
        limit: int = 100,
        as_of: str | None = None,
        cursor: str | None = None,
    ) -> wire.Page[wire.Entry]:
        """A part of the log, newest first. Terms: actor: action: outcome: contact: purpose: after: before: on: uid:"""
        return await self._ask(
            wire.Page[wire.Entry],
            "GET",
            "/audit",
            query=query,
            offset=offset,
            limit=limit,
            as_of=as_of,
            cursor=cursor,
        )

    async def audit_count(self, query: str = "", *, as_of: str | None = None, newer: bool = False) -> wire.Count:
        return await self._ask(wire.Count, "GET", "/audit/count", query=query, as_of=as_of, newer=newer or None)

    async def log_state(self) -> wire.LogState:
        return await self._ask(wire.LogState, "GET", "/audit/state")

    async def audit_hours(self, query: str = "") -> wire.Hours:
        """The entries of a search by weekday and hour, of the last 28 days unless the search bounds them."""
        return await self._ask(wire.Hours, "GET", "/audit/hours", query=query)

    async def odd(self, *, acknowledged: bool = False) -> list[wire.Odd]:
        """What is odd in the log and nobody has acknowledged, newest first; with `acknowledged`, those too."""
        page = await self._ask(wire.Page[wire.Odd], "GET", "/audit/odd", acknowledged=acknowledged or None)
        return page.items

    async def acknowledge(self, odd_id: str, remark: str) -> None:
        body = wire.Acknowledge(remark=remark)
        await self._send("POST", f"/audit/odd/{_segment(odd_id)}/acknowledge", body=body)

    async def export_audit(self, query: str, *, reason: str) -> AsyncIterator[bytes]:
        """The entries of a search with their proofs, as lines of JSON for an auditor. The log has it as an export."""
        async for piece in self._streamed("POST", "/audit/export", query=query, reason=reason):
            yield piece

    # --- intake and health -------------------------------------------------------------------------------------------

    async def intake(self) -> wire.IntakeStatus:
        return await self._ask(wire.IntakeStatus, "GET", "/intake")

    async def acknowledge_standing(self, source: str, seen: wire.Standing, *, reason: str) -> None:
        """Say that it is known what recordings in place have become. The log has it, with the reason."""
        body = wire.AcknowledgeStanding(reason=reason, **seen.model_dump())
        await self._send("POST", f"/intake/sources/{_segment(source)}/acknowledge", body=body)

    async def quarantine(
        self, *, offset: int = 0, limit: int = 100, as_of: str | None = None
    ) -> wire.Page[wire.QuarantineItem]:
        return await self._ask(
            wire.Page[wire.QuarantineItem], "GET", "/quarantine", offset=offset, limit=limit, as_of=as_of
        )

    async def retry_quarantined(self, item_id: str) -> None:
        """Take a quarantined file in once more, for instance after a setting was corrected."""
        await self._send("POST", f"/quarantine/{_segment(item_id)}/retry")

    async def export_quarantined(self, item_id: str, *, purpose: wire.Purpose, reason: str) -> AsyncIterator[bytes]:
        """The untouched file of a quarantined item, piece by piece. The log has it as an export, with its reason."""
        path = f"/quarantine/{_segment(item_id)}/file"
        async for piece in self._streamed("POST", path, purpose=purpose.value, reason=reason):
            yield piece

    async def unmatched(self) -> wire.Unmatched:
        """Calls without a recording and recordings without a call, of the sources that have call records."""
        return await self._ask(wire.Unmatched, "GET", "/unmatched")

    async def status(self) -> wire.Status:
        return await self._ask(wire.Status, "GET", "/status")

    async def events(self) -> AsyncIterator[wire.Event]:
        """What happens, as it happens; ends with `AgentUnreachable` when the connection is lost."""
        try:
            async with self._http.stream(
                "GET", "/events", headers=self._authorization(), timeout=httpx.Timeout(READ_TIMEOUT_S)
            ) as reply:
                if reply.is_error:
                    await reply.aread()
                    raise _error_of(reply)
                async for line in reply.aiter_lines():
                    if line:
                        yield wire.Event.model_validate(cleaned(json.loads(line)))
        except (httpx.TransportError, ValueError) as error:
            raise AgentUnreachable(socket=str(self.socket)) from error

    # --- transport ---------------------------------------------------------------------------------------------------

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def _ask(
        self, shape: type[Reply], method: str, path: str, *, body: BaseModel | None = None, **asked: Any
    ) -> Reply:
        reply = await self._send(method, path, body=body, **asked)
        try:
            return shape.model_validate(cleaned(reply.json()))
        except (ValidationError, ValueError) as error:
            raise AgentUnreachable(socket=str(self.socket)) from error

    async def _send(
        self,
        method: str,
        path: str,
        *,
        body: BaseModel | None = None,
        headers: Mapping[str, str] | None = None,
        **asked: Any,
    ) -> httpx.Response:
        request = self._http.build_request(
            method,
            path,
            params=_without_nones(**asked),
            json=None if body is None else body.model_dump(mode="json"),
            headers={**self._authorization(), **(headers or {}), REQUEST_ID_HEADER: secrets.token_hex(8)},
        )
        try:
            reply = await self._once_more(request)
        except httpx.TransportError as error:
            raise AgentUnreachable(socket=str(self.socket)) from error
        if reply.is_error:
            raise _error_of(reply)
        return reply

    async def _once_more(self, request: httpx.Request) -> httpx.Response:
        """Send it; and if the connection breaks over a question that changes nothing, again, under the same id.

        The agent knows it by its id, so that the log has it once.
        """
        try:
            return await self._http.send(request)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            if request.method != "GET":
                raise
            return await self._http.send(request)

    async def _streamed(self, method: str, path: str, **asked: Any) -> AsyncIterator[bytes]:
        try:
            async with self._http.stream(
                method, path, params=_without_nones(**asked), headers=self._authorization()
            ) as reply:
                if reply.is_error:
                    await reply.aread()
                    raise _error_of(reply)
                async for piece in reply.aiter_bytes(EXPORT_CHUNK_BYTES):
                    yield piece
        except httpx.TransportError as error:
            raise AgentUnreachable(socket=str(self.socket)) from error


def _error_of(reply: httpx.Response) -> EarwitnessError:
    """Rebuild the agent's error from its problem body; an unreadable one becomes a plain failure."""
    try:
        problem = wire.Problem.model_validate(cleaned(reply.json()))
    except ValueError:
        return EarwitnessError(what=f"HTTP {reply.status_code}")
    kind = kinds().get(problem.code)
    if kind is None:
        return EarwitnessError(what=problem.detail)
    return kind(**problem.parameters)


def _without_nones(**asked: Any) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}


def _segment(text: str) -> str:
    """One segment of a path, whatever the text holds."""
    return httpx.QueryParams({"": text}).__str__()[1:].replace("+", "%20")
