"""`/v1/contacts`, `/v1/searches`: finding contacts, looking at one, and what people add."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from agent import wire
from agent.api.asking import NOTHING, asker_of, reply

router = APIRouter(tags=["contacts"])

QueryText = Annotated[str, Query(max_length=1000, description="Query terms, joined by blanks")]
Offset = Annotated[int, Query(ge=0, le=2**53)]
Limit = Annotated[int, Query(ge=1, le=wire.PAGE_LIMIT)]
AsOf = Annotated[str | None, Query(max_length=100, description="Snapshot token of an earlier page")]
Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("/contacts", response_model=wire.Page[wire.Contact], summary="Search")
async def search(
    request: Request,
    query: QueryText = "",
    offset: Offset = 0,
    limit: Limit = 100,
    sort: wire.ContactSort = wire.ContactSort.NEWEST,
    as_of: AsOf = None,
    cursor: Cursor = None,
) -> Response:
    asker = asker_of(request)
    page = await asker.ask(
        request,
        asker.desk.contacts.search,
        query,
        offset=offset,
        limit=limit,
        sort=sort,
        as_of=as_of,
        cursor=cursor,
    )
    return reply(page)


@router.get("/contacts/count", response_model=wire.Count, summary="How many a search holds")
async def count(request: Request, query: QueryText = "", as_of: AsOf = None, newer: bool = False) -> Response:
    asker = asker_of(request)
    asked_by = asker.glance if newer else asker.ask
    return reply(await asked_by(request, asker.desk.contacts.count, query, as_of=as_of, newer=newer))


@router.get("/contacts/position", response_model=wire.Position, summary="Where a contact stands in a search")
async def position(
    request: Request,
    id: Annotated[str, Query(max_length=64)],
    as_of: Annotated[str, Query(max_length=100)],
    query: QueryText = "",
    sort: wire.ContactSort = wire.ContactSort.NEWEST,
) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.contacts.position, id, query, as_of=as_of, sort=sort))


@router.get("/contacts/{contact_id}", response_model=wire.ShownContact, summary="One contact")
async def show(request: Request, contact_id: str) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.contacts.show, contact_id))


@router.post("/contacts/{contact_id}/notes", response_model=wire.Note, status_code=201, summary="Add a note")
async def add_note(request: Request, contact_id: str, new: wire.NewNote) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.contacts.add_note, contact_id, new), 201)


@router.post("/contacts/{contact_id}/tags", status_code=NOTHING, summary="Add a tag")
async def add_tag(request: Request, contact_id: str, new: wire.NewTag) -> None:
    asker = asker_of(request)
    await asker.ask(request, asker.desk.contacts.add_tag, contact_id, new)


@router.delete("/contacts/{contact_id}/tags/{tag}", status_code=NOTHING, summary="Remove a tag")
async def remove_tag(request: Request, contact_id: str, tag: str) -> None:
    asker = asker_of(request)
    await asker.ask(request, asker.desk.contacts.remove_tag, contact_id, tag)


@router.get("/searches", response_model=wire.Page[wire.SavedSearch], summary="My saved searches")
async def saved_searches(request: Request) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.contacts.saved_searches))


@router.post("/searches", status_code=NOTHING, summary="Save a search")
async def save_search(request: Request, new: wire.NewSavedSearch) -> None:
    asker = asker_of(request)
    await asker.ask(request, asker.desk.contacts.save_search, new)


@router.delete("/searches/{name}", status_code=NOTHING, summary="Forget a saved search")
async def forget_search(request: Request, name: str) -> None:
    asker = asker_of(request)
    await asker.ask(request, asker.desk.contacts.forget_search, name)
