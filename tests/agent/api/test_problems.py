"""Errors on the wire, over a real socket."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest

from agent import wire
from agent.errors import kinds
from agent.wire import Role
from tests.agent.running import STRANGERS_TOKEN, Running

CANARY = "+46701740699"


def problem(answer: httpx.Response) -> wire.Problem:
    assert answer.headers["content-type"] == "application/problem+json"
    found = wire.Problem.model_validate_json(answer.content)
    assert found.status == answer.status_code
    assert found.code in kinds()
    assert found.type == f"urn:earwitness:error:{found.code}"
    assert found.request_id == answer.headers["x-request-id"]
    return found


@pytest.mark.parametrize(
    ("status", "code", "role", "method", "path", "asked"),
    [
        (400, "unknown-term", Role.MANAGER, "GET", "/contacts", {"params": {"query": "colour:red"}}),
        (400, "wrong-use", Role.MANAGER, "GET", "/contacts", {"params": {"cursor": "x"}}),
        (400, "purpose-required", Role.MANAGER, "GET", "/contacts/CALL/audio", {}),
        (401, "not-signed-in", None, "GET", "/contacts", {}),
        (401, "sign-in-failed", None, "POST", "/session", {"json": {"user": "x", "password": "y"}}),
        (403, "not-permitted", Role.SECURITY, "GET", "/contacts/CALL", {}),
        (403, "out-of-scope", Role.ADVISER, "GET", "/contacts/CALL", {}),
        (404, "not-found", Role.MANAGER, "GET", "/contacts/none", {}),
        (416, "range-unavailable", Role.MANAGER, "GET", "/contacts/CALL/audio", {
            "params": {"purpose": "quality"},
            "headers": {"Range": "bytes=99999999-"},
        }),
    ],
)  # fmt: skip
def test_an_error_is_a_problem_whose_request_is_in_the_log(
    status: int, code: str, role: Role | None, method: str, path: str, asked: dict[str, Any], agent: Running
) -> None:
    mikkos = agent.calls()[0]
    answer = agent.ask(method, path.replace("CALL", mikkos), role=role, **asked)
    assert (answer.status_code, problem(answer).code) == (status, code)
    entry = next(entry for entry in agent.log() if entry["request_id"] == problem(answer).request_id)
    assert entry["reason"] == code
    assert entry["outcome"] == ("refused" if status in (401, 403) or code == "purpose-required" else "failed")


def test_a_token_of_another_os_user_is_refused_over_the_socket(agent: Running) -> None:
    answer = agent.ask("GET", "/contacts", token=STRANGERS_TOKEN)
    assert (answer.status_code, problem(answer).code) == (401, "not-signed-in")
    entry = agent.log("action:session.use")[0]
    assert (entry["outcome"], entry["request_id"]) == ("refused", problem(answer).request_id)


def test_refusals_carry_the_headers_that_http_asks_for(agent: Running) -> None:
    assert agent.ask("GET", "/me").headers["www-authenticate"] == "Bearer"
    answer = agent.ask("PATCH", "/me")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    mikkos = agent.calls()[0]
    beyond = agent.ask(
        "GET",
        f"/contacts/{mikkos}/audio",
        role=Role.MANAGER,
        params={"purpose": "quality"},
        headers={"Range": "bytes=99999999-"},
    )
    assert beyond.headers["content-range"].startswith("bytes */")


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("GET", "/contacts", {"params": {"limit": CANARY}}),
        ("GET", "/contacts", {"params": {"sort": CANARY}}),
        ("GET", "/contacts", {"params": {"query": CANARY * 100}}),
        ("GET", "/contacts/position", {"params": {"id": CANARY * 9, "as_of": ""}}),
        ("POST", "/searches", {"json": {"name": CANARY, "query": "", CANARY: CANARY}}),
        ("POST", "/searches", {"json": {"name": CANARY * 9, "query": CANARY}}),
        ("POST", "/searches", {"content": CANARY}),
        ("POST", "/searches", {"content": b'{"name": "\\ud800", "query": "' + CANARY.encode() + b'"}'}),
        ("POST", "/searches", {"content": b"\xff" + CANARY.encode()}),
        ("POST", "/searches", {"content": b"[" * 30_000}),
        ("POST", "/session", {"json": {"user": CANARY, "password": CANARY, "via": CANARY}}),
        ("POST", "/session", {"json": {"user": CANARY * 100, "password": ""}}),
        ("POST", "/contacts/x/notes", {"json": {"text": ""}}),
        ("POST", "/contacts/x/tags", {"json": {"tag": CANARY}}),
        ("GET", "/contacts/x/waveform", {"params": {"columns": 1_000_000}}),
        ("GET", "/contacts/x/audio", {"headers": {"Range": CANARY * 100}}),
    ],
)
def test_input_that_the_schema_refuses_is_not_repeated(
    method: str, path: str, asked: dict[str, Any], agent: Running
) -> None:
    answer = agent.ask(method, path, role=Role.MANAGER, **asked)
    assert (answer.status_code, problem(answer).code) == (400, "wrong-use")
    assert CANARY not in answer.text
    assert CANARY not in str(answer.headers)


def test_what_is_not_there_is_not_found_and_what_cannot_be_done_to_it_not_allowed(agent: Running) -> None:
    for path in ("/", "/nothing", "/contacts/", "/contacts/a/b/c", "/contacts/../../etc/passwd", "/docs", "/redoc"):
        assert problem(agent.ask("GET", path, role=Role.MANAGER)).code == "not-found"
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        answer = agent.ask(method, "/contacts", role=Role.MANAGER)
        assert (answer.status_code, problem(answer).code) == (405, "wrong-use")


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_without_end_is_refused_before_anybody_has_signed_in(is_chunked: bool, agent: Running) -> None:
    piece = b" " * 10_000
    content: Any = (piece for _ in range(50)) if is_chunked else piece * 50
    answer = agent.ask("POST", "/session", content=content)
    assert (answer.status_code, problem(answer).code) == (413, "wrong-use")


@pytest.mark.parametrize(
    "said",
    [
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET " + b"/x" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"GET /v1/me HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
    ],
)
def test_what_is_no_http_does_not_disturb_the_agent(said: bytes, agent: Running) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as rude:
        rude.settimeout(30)
        rude.connect(str(agent.settings.socket))
        try:
            rude.sendall(said)
            rude.shutdown(socket.SHUT_WR)
            assert b" 200 " not in rude.recv(1000)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it hung up in the middle, which is an answer too
    assert agent.ask("GET", "/me", role=Role.MANAGER).status_code == 200
