"""The application: routes, errors, and an id for every request. It decides nothing."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.api import audit, contacts, events, intake, listening, problems, session, status
from agent.api.asking import Asker
from agent.services.caller import new_request_id
from agent.services.desk import Desk
from agent.wire import API


def application(desk: Desk) -> FastAPI:
    """The agent's API over a desk. Close `app.state.asker` after the last request."""
    app = FastAPI(
        title="Earwitness",
        version=version("earwitness"),
        description="The agent's API, on its Unix socket. Errors are RFC 9457 problem bodies with a stable `code`.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.asker = Asker(desk)
    problems.install(app)
    # The routes with fixed second segments (contacts/count) stand before those with an id in that place.
    for part in (session, contacts, listening, audit, intake, status, events):
        app.include_router(part.router, prefix=API)

    app.add_middleware(Identified)
    return app


class Identified:
    """Gives every request an id, for its entry in the log, its answer and the journal."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = new_request_id()
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_identified(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        await self._app(scope, receive, send_identified)
