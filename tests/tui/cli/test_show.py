from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent import wire
from tests.tui.cli.agent_on_socket import AT, AgentOnSocket, contact, recording
from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("signed_in")


def test_every_fact_says_what_it_was_read_from(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.contacts = [contact("c-1", recordings=[recording("r-1", b"sound")])]
    shown = run("show", "--socket", socket, "c-1").stdout
    assert "+46701740605  [file name “0701740605”]" in shown
    assert "r-1" in shown
    assert recording("r-1", b"sound").sha256 in shown


def test_notes_are_shown_with_author_and_position(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    note = wire.Note(id=1, at=AT, author="anna.berg", text="meter\x1b[2J number", position_s=123.0)
    agent.contacts = [contact("c-1", noted=[note])]
    shown = run("show", "--socket", socket, "c-1").stdout
    assert "anna.berg 2:03: meter" in shown
    assert "\x1b" not in shown


def test_json_is_the_wire_model_with_its_provenance(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    agent.contacts = [contact("c-1")]
    shown = json.loads(run("show", "--socket", socket, "c-1", "--json").stdout)
    assert shown == json.loads(agent.contacts[0].model_dump_json())
    assert shown["provenance"]["number"]["read_from"] == "file name"


def test_an_id_that_does_not_exist_is_repeated_harmlessly(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    result = run("show", "--socket", socket, "\x1b[31mc-9")
    assert result.exit_code == 1
    assert "c-9" in result.stderr
    assert "\x1b" not in result.stderr
