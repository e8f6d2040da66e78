from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent import wire
from agent.errors import AgreementMissing
from tests.tui.cli.agent_on_socket import AgentOnSocket, contact
from tests.tui.cli.conftest import Run
from tui.player import headless

pytestmark = pytest.mark.usefixtures("signed_in")


def test_the_contact_is_played_for_the_stated_purpose(
    run: Run, agent: AgentOnSocket, socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[dict[str, Any]] = []

    async def play(_client: object, shown: wire.ShownContact, **asked: Any) -> None:
        asked["on_silence"]()
        asked["on_position"](1.0)
        played.append({"id": shown.id, **asked})

    monkeypatch.setattr(headless, "play_to_end", play)
    agent.contacts = [contact("c-1")]
    result = run("play", "--socket", socket, "c-1", "--purpose", "complaint", "--case", "C-118")
    assert result.exit_code == 0, result.stderr
    (asked,) = played
    assert (asked["id"], asked["purpose"], asked["case"]) == ("c-1", wire.Purpose.COMPLAINT, "C-118")
    assert "no sound output" in result.stderr


def test_without_a_purpose_nothing_is_asked(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    assert run("play", "--socket", socket, "c-1").exit_code == 2
    assert agent.asked == []


def test_who_has_no_agreement_is_told_so(
    run: Run, agent: AgentOnSocket, socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(*_args: object, **_asked: object) -> None:
        raise AgreementMissing

    monkeypatch.setattr(headless, "play_to_end", refused)
    agent.contacts = [contact("c-1")]
    result = run("play", "--socket", socket, "c-1", "--purpose", "quality")
    assert result.exit_code == 4
    assert "secrecy agreement" in result.stderr
