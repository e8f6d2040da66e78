"""`/v1/intake`, `/v1/quarantine`: what waits, what came in, what could not."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from agent import wire
from agent.api.asking import NOTHING, asker_of, reply
from agent.api.contacts import AsOf, Limit, Offset

router = APIRouter(tags=["intake"])


@router.get("/intake", response_model=wire.IntakeStatus, summary="What the intake does")
async def intake(request: Request) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.intake.status))


@router.get("/quarantine", response_model=wire.Page[wire.QuarantineItem], summary="What could not be taken in")
async def quarantine(request: Request, offset: Offset = 0, limit: Limit = 100, as_of: AsOf = None) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.intake.quarantine, offset=offset, limit=limit, as_of=as_of))


@router.post("/quarantine/{item_id}/retry", status_code=NOTHING, summary="Take a file in once more")
async def retry(request: Request, item_id: str) -> None:
    asker = asker_of(request)
    await asker.ask(request, asker.desk.intake.retry, item_id)
