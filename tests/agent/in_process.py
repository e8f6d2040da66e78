"""The API without a socket: requests go straight into the application, from whichever OS user a test says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from agent.api.application import application
from agent.installation import Installation
from agent.services.desk import Desk


class Api:
    def __init__(self, desk: Desk) -> None:
        self.app: FastAPI = application(desk)

    def close(self) -> None:
        self.app.state.asker.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        uid: int | None = None,
        headers: dict[str, str] | None = None,
        **asked: Any,
    ) -> httpx.Response:
        """One request and its whole answer. `asked` is what httpx takes: `params`, `json`, `content`."""
        return asyncio.run(self._ask(method, path, token, os.getuid() if uid is None else uid, headers or {}, asked))

    async def _ask(
        self, method: str, path: str, token: str | None, uid: int, headers: dict[str, str], asked: dict[str, Any]
    ) -> httpx.Response:
        signed = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.ASGITransport(self.app, client=(str(uid), 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://agent") as http:
            return await http.request(method, path, headers={**signed, **headers}, **asked)


def operations(api: Api) -> set[tuple[str, str]]:
    """Every (method, path) that the API has, as its own schema names them."""
    return {(method.upper(), path) for path, methods in api.app.openapi()["paths"].items() for method in methods}


@contextmanager
def unwritable(house: Installation) -> Iterator[None]:
    """A disk that takes nothing more: whatever is to be committed is undone."""

    def full() -> None:
        raise OSError(28, "No space left on device")

    house.register.before_commit.append(full)
    try:
        yield
    finally:
        house.register.before_commit.remove(full)
