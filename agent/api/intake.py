"""`/v1/intake`, `/v1/quarantine`, `/v1/unmatched`: what waits, what came in, what could not."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from agent import wire
from agent.api.asking import NOTHING, asker_of, reply
from agent.api.contacts import AsOf, Limit, Offset
from agent.api.listening import Purpose, Reason, in_threads
from agent.services.listening import Stated
from agent.services.unmatched import DEFAULT_DAYS, MOST_DAYS

router = APIRouter(tags=["intake"])

MEDIA_TYPE = "application/octet-stream"
FILE: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {}}, "description": "The untouched file"}}


@router.get("/intake", response_model=wire.IntakeStatus, summary="What the intake does")
async def intake(request: Request) -> Response:
    asker = asker_of(request)
    return reply(await asker.glance(request, asker.desk.intake.status))


@router.post(
    "/intake/sources/{source}/acknowledge",
    status_code=NOTHING,
    summary="Say that it is known what became of recordings in place",
)
async def acknowledge(request: Request, source: str, asked: wire.AcknowledgeStanding) -> None:
    asker = asker_of(request)
    await asker.ask(request, asker.desk.intake.acknowledge, source, asked)


@router.get("/unmatched", response_model=wire.Unmatched, summary="Calls without a recording, and the other way")
async def unmatched(
    request: Request, days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How far back")] = DEFAULT_DAYS
) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.unmatched.read, days=days))


@router.get("/quarantine", response_model=wire.Page[wire.QuarantineItem], summary="What could not be taken in")
async def quarantine(request: Request, offset: Offset = 0, limit: Limit = 100, as_of: AsOf = None) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.intake.quarantine, offset=offset, limit=limit, as_of=as_of))


@router.post("/quarantine/{item_id}/retry", status_code=NOTHING, summary="Take a file in once more")
async def retry(request: Request, item_id: str) -> None:
    asker = asker_of(request)
    await asker.ask(request, asker.desk.intake.retry, item_id)


@router.post("/quarantine/{item_id}/file", response_class=Response, responses=FILE, summary="Export its untouched file")
async def file(request: Request, item_id: str, purpose: Purpose = None, reason: Reason = None) -> Response:
    asker = asker_of(request)
    release = await asker.ask(request, asker.desk.intake.export, item_id, Stated(purpose, None, reason))
    headers = {
        "Content-Length": str(release.item.size_bytes),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(in_threads(asker, release.pieces()), headers=headers, media_type=MEDIA_TYPE)
