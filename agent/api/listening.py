"""`/v1/contacts/{id}/audio`, `/export`, `/waveform`: releasing sound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from agent import wire
from agent.api.asking import Asker, asker_of, reply
from agent.services.listening import Stated
from agent.services.release import Release

router = APIRouter(tags=["listening"])

MEDIA_TYPE = "audio/x-wav"

Purpose = Annotated[str | None, Query(max_length=40, description="One of /v1/me's purposes; required")]
Case = Annotated[str | None, Query(max_length=40, description="Case reference")]
Reason = Annotated[str | None, Query(max_length=1000, description="Why, in words")]
RecordingId = Annotated[str | None, Query(max_length=64, description="Of several recordings, this one")]
PART: dict[int | str, dict[str, Any]] = {206: {"content": {MEDIA_TYPE: {}}, "description": "A part of it"}}
WHOLE: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {}}, "description": "The untouched file"}}


@router.get("/contacts/{contact_id}/audio", response_class=Response, responses={**WHOLE, **PART}, summary="Listen")
async def listen(
    request: Request,
    contact_id: str,
    purpose: Purpose = None,
    case: Case = None,
    reason: Reason = None,
    recording: RecordingId = None,
    range_: Annotated[str | None, Header(alias="Range", max_length=100)] = None,
) -> Response:
    asker, stated = asker_of(request), Stated(purpose, case, reason)
    release = await asker.ask(request, asker.desk.listening.listen, contact_id, recording, stated, range_)
    return _streamed(asker, release)


@router.post("/contacts/{contact_id}/export", response_class=Response, responses=WHOLE, summary="Export")
async def export(
    request: Request,
    contact_id: str,
    purpose: Purpose = None,
    reason: Reason = None,
    case: Case = None,
    recording: RecordingId = None,
) -> Response:
    asker, stated = asker_of(request), Stated(purpose, case, reason)
    release = await asker.ask(request, asker.desk.listening.export, contact_id, recording, stated)
    return _streamed(asker, release)


@router.get("/contacts/{contact_id}/waveform", response_model=wire.Waveform, summary="The picture of a recording")
async def waveform(
    request: Request,
    contact_id: str,
    recording: RecordingId = None,
    columns: Annotated[int, Query(ge=1, le=wire.WAVEFORM_COLUMNS)] = 400,
) -> Response:
    asker = asker_of(request)
    return reply(await asker.ask(request, asker.desk.listening.waveform, contact_id, recording, columns))


def _streamed(asker: Asker, release: Release) -> Response:
    size_bytes = release.recording.size_bytes
    is_part = (release.start, release.stop) != (0, size_bytes)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(release.stop - release.start),
        "ETag": f'"{release.recording.sha256.hex()}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if is_part:
        headers["Content-Range"] = f"bytes {release.start}-{release.stop - 1}/{size_bytes}"
    pieces = in_threads(asker, release.pieces())
    return _Released(release, pieces, 206 if is_part else 200, headers)


class _Released(StreamingResponse):
    """Ends the release in the log however the answer ends, also when nobody stayed to hear its first byte."""

    def __init__(self, release: Release, pieces: AsyncIterator[bytes], status: int, headers: dict[str, str]) -> None:
        super().__init__(pieces, status, headers, media_type=MEDIA_TYPE)
        self._release = release

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._release.end()


async def in_threads(asker: Asker, pieces: Generator[bytes]) -> AsyncIterator[bytes]:
    """Pieces decrypted in the desk's threads, and the sealed file closed however the listener leaves."""
    reading: asyncio.Future[bytes] | None = None
    try:
        while True:
            reading = asyncio.ensure_future(asker.thread(lambda: next(pieces, b"")))
            piece = await asyncio.shield(reading)
            if not piece:
                return
            yield piece
    finally:
        if reading is None or reading.done():
            pieces.close()
        else:  # a thread is still at work on it
            reading.add_done_callback(lambda left: _closed_behind(left, pieces))


def _closed_behind(left: asyncio.Future[bytes], pieces: Generator[bytes]) -> None:
    if not left.cancelled():
        left.exception()  # nobody is there to hear it, and the log has it
    pieces.close()
