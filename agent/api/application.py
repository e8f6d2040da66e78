"""The application: routes, errors, and an id for every request. It decides nothing."""

from __future__ import annotations

import re
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent import wire
from agent.api import audit, contacts, events, intake, listening, problems, session, status
from agent.api.asking import Asker
from agent.services.caller import new_request_id
from agent.services.desk import Desk
from agent.wire import API

REQUEST_ID = re.compile(rb"[0-9a-f]{16,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Hexadecimal digits, or a UUID: it stands in the entry, and nobody's name or number has this form."""
BODY_LIMIT_BYTES = 64 * 1024
"""The longest body that anything here needs is a note."""


def application(desk: Desk) -> FastAPI:
    """The agent's API over a desk. Close `app.state.asker` after the last request."""
    app = FastAPI(
        title="Earwitness",
        version=version("earwitness"),
        description="The agent's API, on its Unix socket. Errors are RFC 9457 problem bodies with a stable `code`.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=problems.DECLARED,
    )
    app.state.asker = Asker(desk)
    problems.install(app)
    # The routes with fixed second segments (contacts/count) stand before those with an id in that place.
    for part in (session, contacts, listening, audit, intake, status, events):
        app.include_router(part.router, prefix=API)

    app.add_middleware(Identified)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # as FastAPI's documentation has it
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The schema, with what no route says of itself: the shape of problems, and how a session's token travels."""
    if app.openapi_schema is None:
        described = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        shape = wire.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        described["components"]["schemas"]["Problem"] = shape
        described["components"]["securitySchemes"] = {"session": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"session": []}]
        described["paths"][f"{API}/session"]["post"]["security"] = []
        app.openapi_schema = described
    return app.openapi_schema


class Identified:
    """Gives every request an id, for its entry in the log, its answer and the journal; and every failure its end.

    What nobody expected stops here, since uvicorn would write it into the journal with its values. If a part of the
    answer has gone out already, the rest does not follow, and uvicorn closes the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = _request_id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        has_begun = False

        async def send_identified(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, _bounded(receive), send_identified)
        except Exception as error:  # noqa: BLE001 - the last place where it can be said without what it holds
            answer = problems.unexpected(error, request_id)
            if not has_begun:
                await answer(scope, receive, send_identified)


def _request_id_of(scope: Scope) -> str:
    """The id that the request brings, so that its repetition is known as one; else, or if it is none, a new one."""
    brought = [value for name, value in scope.get("headers", ()) if name == b"x-request-id"]
    if len(brought) == 1 and REQUEST_ID.fullmatch(brought[0]):
        return bytes(brought[0]).decode("ascii")
    return new_request_id()


def _bounded(receive: Receive) -> Receive:
    """Bodies are read into memory before anybody has signed in, so they have an end."""
    received_bytes = 0

    async def receive_bounded() -> Message:
        nonlocal received_bytes
        message = await receive()
        received_bytes += len(message.get("body", b""))
        if received_bytes > BODY_LIMIT_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    return receive_bounded
