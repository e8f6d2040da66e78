"""Errors on the wire: RFC 9457 bodies with a stable code, whatever went wrong."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from agent import wire
from agent.errors import EarwitnessError, NotFound, WrongUse

MEDIA_TYPE = "application/problem+json"

journal = logging.getLogger("earwitness.api")


def install(app: FastAPI) -> None:
    """Make every error of this application a problem body."""
    app.add_exception_handler(EarwitnessError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_the_framework)
    app.add_exception_handler(Exception, _unexpected)


def problem(error: EarwitnessError, request: Request, status: int | None = None) -> Response:
    body = wire.Problem(
        type=f"urn:earwitness:error:{error.code}",
        title=error.code.replace("-", " "),
        status=status or error.status,
        detail=error.in_english(),
        code=error.code,
        parameters=error.parameters,
        request_id=getattr(request.state, "request_id", ""),
    )
    return Response(body.model_dump_json(), status_code=body.status, media_type=MEDIA_TYPE)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, EarwitnessError)
    return problem(error, request)


async def _invalid(request: Request, error: Exception) -> Response:
    """A request that the schema refuses. What was sent is not repeated: it may be a customer's number."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(step) for step in first["loc"][1:]) or "the body"
    return problem(WrongUse(what=f"{where}: {first['type'].replace('_', ' ')}"), request)


async def _of_the_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == NotFound.status:
        return problem(NotFound(kind="resource", id=""), request)
    return problem(WrongUse(what=error.detail.lower()), request, error.status_code)


async def _unexpected(request: Request, error: Exception) -> Response:
    """A mistake of ours. The journal gets where it happened, and no value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else "?"
    request_id = getattr(request.state, "request_id", "")
    journal.error("request %s failed: %s at %s", request_id, type(error).__name__, where)
    return problem(EarwitnessError(what=f"request {request_id}"), request)
