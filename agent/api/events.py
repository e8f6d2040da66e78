"""`/v1/events`: what happens, live, one JSON object a line. An event says that, never what: no customer data."""

from __future__ import annotations

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
    caller = await asker.thread(lambda: asker.desk.caller(asking))
    return StreamingResponse(_lines(asker, asking, caller), media_type=MEDIA_TYPE)


async def _lines(asker: Asker, asking: Asking, caller: Caller) -> AsyncIterator[str]:
    def is_meant(kind: Kind, account: str | None) -> bool:
        if _NEEDS[kind] not in caller.rights.capabilities:
            return False
        return kind != "contacts" or caller.rights.scope is Scope.ALL or account == caller.user

    news = asker.desk.news
    watch = news.watch(is_meant)
    try:
        yield _line("hello")
        while not watch.has_ended:
            happened = await watch.next(HEARTBEAT_S)
            for kind in happened:
                yield _line(kind)
            if not happened and not watch.has_ended:
                await asker.thread(lambda: asker.desk.caller(asking))  # the session may have ended
                yield _line("heartbeat")
    except EarwitnessError:
        return
    finally:
        news.unwatch(watch)


def _line(event: str) -> str:
    return wire.Event.model_validate({"event": event, "at": datetime.now(UTC)}).model_dump_json() + "\n"
