from __future__ import annotations

import asyncio
import stat

import pytest

from agent import wire
from agent.errors import CannotLog, IntegrityBroken
from tests.tui.fake_agent import FakeAgent
from tests.tui.screens.contact_scene import CONTACT_ID, NUMBER, shorten
from tui.exporting import export_to
from tui.new_file import NotWritten


def export(path, agent, recording, progress=None):
    async def scene():
        agent.session()
        async with agent.client() as client:
            await export_to(
                path,
                client,
                CONTACT_ID,
                recording,
                purpose=wire.Purpose.COMPLAINT,
                reason="asked by the customer",
                case="C-118",
                on_progress=[].append if progress is None else progress.append,
            )

    asyncio.run(scene())


@pytest.fixture
def agent():
    return FakeAgent()


@pytest.fixture
def recording(agent):
    return shorten(agent, 20.0)


def test_the_untouched_file_is_written_for_its_owner_alone(agent, recording, tmp_path):
    progress = []
    export(tmp_path / "call.wav", agent, recording, progress)
    assert (tmp_path / "call.wav").read_bytes() == agent.register.audio(NUMBER, 0, recording.size_bytes)
    assert stat.S_IMODE((tmp_path / "call.wav").stat().st_mode) == 0o600
    assert progress == sorted(progress)
    assert progress[-1] == recording.size_bytes
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["call.wav"]


def test_a_file_that_is_there_is_never_overwritten_and_nothing_is_released(agent, recording, tmp_path):
    (tmp_path / "call.wav").write_bytes(b"mine")
    with pytest.raises(NotWritten):
        export(tmp_path / "call.wav", agent, recording)
    assert (tmp_path / "call.wav").read_bytes() == b"mine"
    assert agent.asked == []


def test_what_is_not_the_catalogues_file_is_not_kept(agent, recording, tmp_path):
    other = recording.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(IntegrityBroken):
        export(tmp_path / "call.wav", agent, other)
    assert not any(file.is_file() for file in tmp_path.iterdir())


def test_a_refusal_leaves_no_file(agent, recording, tmp_path):
    agent.fail(f"/contacts/{CONTACT_ID}/export", CannotLog(why="disk full"))
    with pytest.raises(CannotLog):
        export(tmp_path / "call.wav", agent, recording)
    assert not any(file.is_file() for file in tmp_path.iterdir())
