from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from agent import wire
from agent.client import Client
from agent.errors import AgreementMissing
from tests.tui.player.sounds import made
from tui.player.headless import play_to_end

SOUND = made("PCM_16", duration_s=0.3)
AT = datetime(2026, 3, 9, 9, 32, 3, tzinfo=UTC)


def contact_with(recordings):
    return wire.ShownContact(
        id="c1",
        medium=wire.Medium.CALL,
        started_at=AT,
        duration_s=0.3 * len(recordings),
        direction=wire.Direction.IN,
        number="+468465004",
        withheld=False,
        adviser=None,
        service=None,
        recordings=recordings,
        provenance={},
        zone="Europe/Helsinki",
        taken_in_at=AT,
    )


def play(answer, recordings, **heard):
    async def scene():
        async with Client("/nowhere", transport=httpx.MockTransport(answer)) as client:
            await play_to_end(
                client,
                contact_with(recordings),
                purpose=wire.Purpose.COMPLAINT,
                case="C-118",
                reason="the price that was agreed",
                device="null",
                **heard,
            )

    asyncio.run(scene())


def ranged(request):
    start, stop = request.headers["Range"].removeprefix("bytes=").split("-")
    return httpx.Response(206, content=SOUND.file[int(start) : int(stop) + 1])


def test_all_recordings_are_played_one_after_the_other():
    positions_s, silences, asked = [], [], []

    def answer(request):
        asked.append(dict(request.url.params))
        return ranged(request)

    second = SOUND.recording.model_copy(update={"id": "r2"})
    play(
        answer,
        [SOUND.recording, second],
        on_position=positions_s.append,
        on_silence=lambda: silences.append(1),
    )
    assert positions_s == sorted(positions_s)
    assert positions_s[-1] == pytest.approx(0.6)
    assert silences == [1]
    assert [request["recording"] for request in asked] == ["r1", "r2"]
    assert asked[0] == {
        "purpose": "complaint",
        "case": "C-118",
        "reason": "the price that was agreed",
        "recording": "r1",
    }


def test_a_refusal_reaches_the_caller():
    def answer(request):
        problem = wire.Problem(
            type="urn:earwitness:error:agreement-missing",
            title="",
            status=403,
            detail="",
            code="agreement-missing",
        )
        return httpx.Response(403, json=problem.model_dump())

    with pytest.raises(AgreementMissing):
        play(answer, [SOUND.recording], on_position=lambda position_s: None)
