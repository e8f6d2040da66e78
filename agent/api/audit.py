"""`/v1/audit`: reading the log."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from agent import wire
from agent.api.asking import asker_of, reply
from agent.api.contacts import AsOf, Cursor, Limit, Offset, QueryText

router = APIRouter(tags=["log"])


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
    return reply(await asker.ask(request, asker.desk.audit.count, query, as_of=as_of, newer=newer))
