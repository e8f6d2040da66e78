"""`/v1/status`: whether all is well."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from agent import wire
from agent.api.asking import asker_of, reply

router = APIRouter(tags=["status"])


@router.get("/status", response_model=wire.Status, summary="Whether all is well")
async def status(request: Request) -> Response:
    asker = asker_of(request)
    return reply(await asker.glance(request, asker.desk.health.status))
