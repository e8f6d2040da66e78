"""`/v1/events`: what happens, live, one JSON object a line. An event says that, never what: no customer data."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from agent import wire
from agent.access.policy import Scope
from agent.api.asking import Asker, asker_of, asking_of
from agent.errors import EarwitnessError
from agent.services.caller import Asking, Caller
from agent.services.news import Kind
from agent.wire import Capability

router = APIRouter(tags=["events"])

HEARTBEAT_S = 10.0
KNOWN_FOR_S = 1.0
"""How long a busy stream goes on before session and rights are looked at again."""
MEDIA_TYPE = "application/x-ndjson"
_NEEDS: dict[Kind, Capability] = {
    "contacts": Capability.CONTACT_SEARCH,
    "audit": Capability.AUDIT_READ,
    "intake": Capability.INTAKE_READ,
}


@router.get(
    "/events",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "Lines of Event, without end"}},
    summary="What happens, live",
)
async def events(request: Request) -> Response:
    asker, asking = asker_of(request), asking_of(request)
    caller = await _caller(asker, asking)
    return StreamingResponse(_lines(asker, asking, caller), media_type=MEDIA_TYPE)


async def _caller(asker: Asker, asking: Asking) -> Caller:
    """Who follows. An open stream is no use of the session: it would never be idle."""
    return await asker.thread(lambda: asker.desk.caller(asking, is_use=False))


async def _lines(asker: Asker, asking: Asking, caller: Caller) -> AsyncIterator[str]:
    def is_meant(kind: Kind, account: str | None) -> bool:
        if _NEEDS[kind] not in caller.rights.capabilities:
            return False
        return kind != "contacts" or caller.rights.scope is Scope.ALL or account == caller.user

    news, clock = asker.desk.news, asyncio.get_running_loop().time
    watch = news.watch(is_meant)
    try:
        yield _line("hello")
        known_at_s = clock()
        while not watch.has_ended:
            happened = await watch.next(HEARTBEAT_S)
            if watch.has_ended:
                return
            if not happened or clock() - known_at_s >= KNOWN_FOR_S:
                caller = await _caller(asker, asking)  # the session may have ended, or the roles have changed
                known_at_s = clock()
            for kind in happened or ("heartbeat",):
                yield _line(kind)
    except EarwitnessError:
        return
    finally:
        news.unwatch(watch)


def _line(event: str) -> str:
    return wire.Event.model_validate({"event": event, "at": datetime.now(UTC)}).model_dump_json() + "\n"
