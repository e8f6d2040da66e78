"""`/v1/session`, `/v1/me`: signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from agent import wire
from agent.api.asking import NOTHING, asker_of, asking_of, reply

router = APIRouter(tags=["session"])


@router.post("/session", response_model=wire.Session, summary="Sign in")
async def sign_in(request: Request, asked: wire.SignIn) -> Response:
    asker, asking = asker_of(request), asking_of(request)
    return reply(await asker.at_the_door(lambda: asker.desk.sessions.sign_in(asking, asked)))


@router.delete("/session", status_code=NOTHING, summary="Sign out")
async def sign_out(request: Request) -> None:
    asker = asker_of(request)
    await asker.ask(request, asker.desk.sessions.sign_out)


@router.get("/me", response_model=wire.Me, summary="Who I am and what I may do")
async def me(request: Request) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.sessions.me))
