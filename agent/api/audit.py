"""`/v1/audit`: reading the log, what is odd in it, how it is, and taking it to an auditor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from agent import wire
from agent.api.asking import NOTHING, asker_of, reply
from agent.api.contacts import AsOf, Cursor, Limit, Offset, QueryText
from agent.api.listening import Reason, in_threads

router = APIRouter(tags=["log"])

LINES = "application/x-ndjson"


@router.get("/audit", response_model=wire.Page[wire.Entry], summary="Read the log")
async def entries(
    request: Request,
    query: QueryText = "",
    offset: Offset = 0,
    limit: Limit = 100,
    as_of: AsOf = None,
    cursor: Cursor = None,
) -> Response:
    asker = asker_of(request)
    page = await asker.ask(
        request, asker.desk.audit.entries, query, offset=offset, limit=limit, as_of=as_of, cursor=cursor
    )
    return reply(page)


@router.get("/audit/count", response_model=wire.Count, summary="How many entries a query finds")
async def count(request: Request, query: QueryText = "", as_of: AsOf = None, newer: bool = False) -> Response:
    asker = asker_of(request)
    asked_by = asker.glance if newer else asker.ask
    return reply(await asked_by(request, asker.desk.audit.count, query, as_of=as_of, newer=newer))


@router.get("/audit/hours", response_model=wire.Hours, summary="When the entries of a query were written")
async def hours(request: Request, query: QueryText = "") -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.audit.hours, query))


@router.get("/audit/state", response_model=wire.LogState, summary="Whether the log is whole and goes on")
async def state(request: Request) -> Response:
    asker = asker_of(request)
    return reply(await asker.glance(request, asker.desk.log_states.state))


@router.get("/audit/odd", response_model=wire.Page[wire.Odd], summary="What is odd in the log")
async def odd(
    request: Request,
    acknowledged: Annotated[bool, Query(description="Also what somebody has acknowledged")] = False,
) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.odd.findings, acknowledged=acknowledged))


@router.post("/audit/odd/{odd_id}/acknowledge", status_code=NOTHING, summary="Say that somebody looked into it")
async def acknowledge(request: Request, odd_id: str, asked: wire.Acknowledge) -> None:
    asker = asker_of(request)
    await asker.ask(request, asker.desk.odd.acknowledge, odd_id, asked.remark)


@router.post(
    "/audit/export",
    response_class=Response,
    responses={200: {"content": {LINES: {}}, "description": "Checkpoint, then entries with their proofs, as lines"}},
    summary="Take entries to an auditor",
)
async def export(request: Request, query: QueryText = "", reason: Reason = None) -> Response:
    asker = asker_of(request)
    lines = await asker.ask(request, asker.desk.audit_export.export, query, reason)
    return StreamingResponse(in_threads(asker, lines.pieces()), headers={"Cache-Control": "no-store"}, media_type=LINES)
