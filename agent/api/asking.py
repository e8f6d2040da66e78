"""From a request to a service and back: one thread for the work, one body for the answer.

Services wait for disks and fsync, so they run in a few threads of their own and never on the event loop; each of those
threads keeps its connection to the register.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from agent.api.peer import uid_of
from agent.services.caller import Asking, Caller
from agent.services.desk import Desk

THREADS = 8
AT_THE_DOOR = 2

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


class Asker:
    """The desk, as the event loop sees it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="desk")
        self._door = ThreadPoolExecutor(AT_THE_DOOR, thread_name_prefix="door")

    def close(self) -> None:
        self._door.shutdown()
        self._threads.shutdown()

    async def thread(self, work: Callable[[], Result]) -> Result:
        """Run something that may wait."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def at_the_door(self, work: Callable[[], Result]) -> Result:
        """The same for signing in, apart: passwords take long, and whoever tries many must not keep others waiting."""
        return await asyncio.get_running_loop().run_in_executor(self._door, work)

    async def ask(
        self,
        request: Request,
        service: Callable[Concatenate[Caller, Arguments], Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Find out who asks, and ask the service on their behalf."""
        asking = asking_of(request)
        return await self.thread(lambda: service(self.desk.caller(asking), *args, **kwargs))

    async def glance(
        self,
        request: Request,
        service: Callable[Concatenate[Caller, Arguments], Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """The same for what a screen asks by itself: it is no use of the session, or one left open would never end."""
        asking = asking_of(request)
        return await self.thread(lambda: service(self.desk.caller(asking, is_use=False), *args, **kwargs))


def asker_of(request: Request) -> Asker:
    asker = request.app.state.asker
    assert isinstance(asker, Asker)
    return asker


def asking_of(request: Request) -> Asking:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return Asking(
        uid=uid_of(request),
        token=token.strip() if scheme.lower() == "bearer" else None,
        request_id=request.state.request_id,
    )


def reply(body: BaseModel, status: int = 200) -> Response:
    """An answer, encoded once; the schema still comes from the route's `response_model`."""
    return Response(body.model_dump_json(), status_code=status, media_type="application/json")


NOTHING = 204
"""Status of an answer without a body."""
