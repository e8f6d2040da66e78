"""One body served on a Unix socket by uvicorn and starlette without any work: the limit of the transport.

python -m benchmarks.bare_server SOCKET FILE
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def main(path: str, file: str) -> None:
    body = Path(file).read_bytes()

    async def answer(_request: Request) -> Response:
        return Response(body, media_type="application/json")

    app = Starlette(routes=[Route("/{rest:path}", answer)])
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    config = uvicorn.Config(app, http="h11", ws="none", lifespan="off", log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(*sys.argv[1:])
