"""Errors on the wire: RFC 9457 bodies with a stable code, whatever went wrong."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from agent import wire
from agent.errors import EarwitnessError, NotFound, NotSignedIn, RangeUnavailable, WrongUse

MEDIA_TYPE = "application/problem+json"

journal = logging.getLogger("earwitness.api")


SCHEMA = {"$ref": "#/components/schemas/Problem"}
DECLARED: dict[int | str, dict[str, Any]] = {
    kind: {"description": f"{whose}; `code` says which", "content": {MEDIA_TYPE: {"schema": SCHEMA}}}
    for kind, whose in (("4XX", "Refused, or not possible as asked"), ("5XX", "Failed, and nothing was released"))
}
"""What every route may answer with beside what it is for."""


def install(app: FastAPI) -> None:
    """Make every error of this application a problem body. What nobody expected: `unexpected`."""
    app.add_exception_handler(EarwitnessError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_the_framework)


def problem(
    error: EarwitnessError, request_id: str, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    body = wire.Problem(
        type=f"urn:earwitness:error:{error.code}",
        title=error.code.replace("-", " "),
        status=status or error.status,
        detail=error.in_english(),
        code=error.code,
        parameters=error.parameters,
        request_id=request_id,
    )
    headers = {**_headers_of(error, body.status), **(headers or {})}
    return Response(body.model_dump_json(), status_code=body.status, headers=headers, media_type=MEDIA_TYPE)


def _headers_of(error: EarwitnessError, status: int) -> dict[str, str]:
    """What RFC 9110 wants beside these statuses."""
    if status == NotSignedIn.status:
        return {"WWW-Authenticate": "Bearer"}
    if isinstance(error, RangeUnavailable):
        return {"Content-Range": f"bytes */{error.parameters['size']}"}
    return {}


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, EarwitnessError)
    return problem(error, request.state.request_id)


async def _invalid(request: Request, error: Exception) -> Response:
    """A request that the schema refuses. What was sent is not repeated: it may be a customer's number."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    is_of_the_sender = first["type"] == "extra_forbidden"  # then the last step is a name that was sent
    steps = first["loc"][1:-1] if is_of_the_sender else first["loc"][1:]
    where = ".".join(map(str, steps)) or "the body"
    return problem(WrongUse(what=f"{where}: {first['type'].replace('_', ' ')}"), request.state.request_id)


async def _of_the_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    request_id = request.state.request_id
    if error.status_code == NotFound.status:
        return problem(NotFound(kind="resource", id=""), request_id)
    what = HTTPStatus(error.status_code).phrase.lower()
    return problem(WrongUse(what=what), request_id, status=error.status_code, headers=error.headers)


def unexpected(error: Exception, request_id: str) -> Response:
    """A mistake of ours. The journal gets where it happened, and no value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"
    journal.error("request %s failed: %s at %s", request_id, type(error).__name__, where)
    return problem(EarwitnessError(what=f"request {request_id}"), request_id)
