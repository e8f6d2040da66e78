from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import CannotLog
from agent.wire import Purpose
from tests.tui.fake_agent import FakeAgent
from tests.tui.screen_text import assert_golden
from tests.tui.screens.contact_scene import CONTACT_ID, shorten, with_contact
from tui.screens.export import ExportRecording, progress_words, suggested_name
from tui.screens.purpose import PurposeStated
from tui.widgets.listening import Listening

STATED = PurposeStated(Purpose.COMPLAINT, "C-118")


@pytest.fixture(autouse=True)
def inaudible(monkeypatch):
    monkeypatch.setattr(Listening, "device", "null")


def with_export(body, agent=None):
    """Show the dialog over the contact; `body` gets the scene and the list of answers."""
    there = agent or FakeAgent()
    recording = shorten(there, 20.0)
    there.register.recording = lambda *_: recording
    answers = []

    async def scene_of(scene):
        await scene.until_text("Facts")
        contact = await scene.app.live.client.contact(CONTACT_ID)
        scene.app.push_screen(ExportRecording(contact, recording, STATED), answers.append)
        await scene.until_text("Export the recording")
        await body(scene, answers)

    with_contact(scene_of, agent=there)


def name_file(scene, path):
    scene.app.screen.query_one("#path").value = str(path)


def test_the_dialog_says_purpose_and_what_stands_in_the_log():
    async def body(scene, answers):
        name_file(scene, "/home/anna/call.wav")
        await scene.pilot.pause()
        assert_golden(scene.app, "export-80x24")

    with_export(body)


def test_a_reason_is_required(tmp_path):
    async def body(scene, answers):
        name_file(scene, tmp_path / "call.wav")
        await scene.press("enter")
        await scene.until_text("Say why it has to leave the register.")
        assert scene.asked("/export") == []

    with_export(body)


def test_a_name_is_required():
    async def body(scene, answers):
        name_file(scene, "")
        await scene.press(*"asked", "enter")
        await scene.until_text("Name a file.")

    with_export(body)


def test_a_file_that_is_there_already_is_left_alone(tmp_path):
    (tmp_path / "call.wav").write_bytes(b"mine")

    async def body(scene, answers):
        name_file(scene, tmp_path / "call.wav")
        await scene.press(*"asked", "enter")
        await scene.until_text("exists already")
        assert (tmp_path / "call.wav").read_bytes() == b"mine"
        name_file(scene, tmp_path / "other.wav")
        await scene.press("enter")
        await scene.until(lambda: answers)
        assert answers == [tmp_path / "other.wav"]

    with_export(body)


def test_a_refusal_is_said_in_words(tmp_path):
    agent = FakeAgent()
    agent.fail(f"/contacts/{CONTACT_ID}/export", CannotLog(why="disk full"))

    async def body(scene, answers):
        name_file(scene, tmp_path / "call.wav")
        await scene.press(*"asked", "enter")
        await scene.until_text("The access log cannot be written")
        assert answers == []

    with_export(body, agent)


def test_escape_during_the_export_leaves_no_file(tmp_path):
    agent = FakeAgent()
    agent.hold(f"/contacts/{CONTACT_ID}/export")

    async def body(scene, answers):
        name_file(scene, tmp_path / "call.wav")
        await scene.press(*"asked", "enter")
        await scene.until(lambda: scene.asked("/export"))
        await scene.press("escape")
        await scene.until(lambda: answers)
        assert answers == [None]
        agent.release()
        await scene.until(lambda: not any(file.is_file() for file in tmp_path.iterdir()))

    with_export(body, agent)


def test_the_suggested_name_tells_nothing_of_the_customer():
    contact = FakeAgent().register.shown(4992)
    assert suggested_name(contact) == "20261123-131524-c004992.wav"
    hostile = contact.model_copy(update={"id": "../../\x1b[2J/etc"})
    assert Path(suggested_name(hostile)).name == "20261123-131524-2Jetc.wav"


def test_progress_is_a_bar_and_figures():
    words = progress_words(500_000, 1_000_000).plain
    assert words == "█" * 20 + "░" * 20 + " 500,000 of 1,000,000 bytes"
    assert progress_words(0, 0).plain.startswith("░" * 40)
