"""Retries: once, only for what changes nothing, only when the connection broke, and under the same id."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent import wire
from agent.client import Client
from agent.errors import AgentUnreachable

BROKEN = [httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError]
ASKS = Callable[[Client], Coroutine[Any, Any, object]]


class Breaking:
    """Breaks the first connections, then answers."""

    def __init__(self, breaks: int, error: type[httpx.TransportError] = httpx.ReadError) -> None:
        self.breaks = breaks
        self.error = error
        self.ids: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.ids.append(request.headers["x-request-id"])
        if len(self.ids) <= self.breaks:
            raise self.error("broken")
        return httpx.Response(200, content=b"sound")


def ask(transport: Breaking, asks: ASKS) -> object:
    async def asking() -> object:
        async with Client(Path("agent.sock"), transport=httpx.MockTransport(transport)) as client:
            return await asks(client)

    return asyncio.run(asking())


def listen(client: Client) -> Coroutine[Any, Any, bytes]:
    return client.audio("c1", purpose=wire.Purpose.QUALITY, start=0, stop=5)


@pytest.mark.parametrize("error", BROKEN)
def test_a_question_is_asked_once_more_under_the_same_id(error: type[httpx.TransportError]) -> None:
    transport = Breaking(1, error)
    assert ask(transport, listen) == b"sound"
    assert len(transport.ids) == 2
    assert len(set(transport.ids)) == 1


def test_only_once() -> None:
    transport = Breaking(2)
    with pytest.raises(AgentUnreachable):
        ask(transport, listen)
    assert len(transport.ids) == 2


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.ConnectTimeout])
def test_an_agent_that_is_not_there_or_does_not_answer_is_not_asked_again(error: type[httpx.TransportError]) -> None:
    transport = Breaking(1, error)
    with pytest.raises(AgentUnreachable):
        ask(transport, listen)
    assert len(transport.ids) == 1


def test_a_change_is_never_sent_twice() -> None:
    transport = Breaking(1)
    with pytest.raises(AgentUnreachable):
        ask(transport, lambda client: client.add_tag("c1", "vip"))
    assert len(transport.ids) == 1


def test_every_question_has_an_id_of_its_own() -> None:
    transport = Breaking(0)

    async def twice(client: Client) -> None:
        await listen(client)
        await listen(client)

    ask(transport, twice)
    assert len(set(transport.ids)) == 2


def test_a_client_of_a_socket_loads_no_authorities_of_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **named: loaded.append(named))
    httpx.AsyncHTTPTransport()
    assert len(loaded) == 1
    Client(Path("agent.sock"))
    assert len(loaded) == 1
