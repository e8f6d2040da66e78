from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from agent.errors import CannotLog
from tests.tui.cli.agent_on_socket import AgentOnSocket, contact, recording
from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("signed_in")

SOUND = bytes(range(256)) * 4000
WHY = ("--purpose", "complaint", "--reason", "asked by the customer")


@pytest.fixture(autouse=True)
def recorded(agent: AgentOnSocket) -> None:
    agent.contacts = [contact("c-1", recordings=[recording("r-1", SOUND)])]
    agent.files = {"r-1": SOUND, "r-2": b"the second"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_the_untouched_file_is_written_for_its_owner_alone(
    run: Run, agent: AgentOnSocket, socket: Path, folder: Path
) -> None:
    result = run("export", "--socket", socket, "c-1", "-o", folder / "call.wav", *WHY, "--case", "C-118")
    assert result.exit_code == 0, result.stderr
    assert (folder / "call.wav").read_bytes() == SOUND
    assert (folder / "call.wav").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["call.wav"]
    assert agent.asked_of("/v1/contacts/c-1/export") == [
        {"purpose": "complaint", "reason": "asked by the customer", "case": "C-118", "recording": "r-1"}
    ]


@pytest.mark.parametrize("missing", ["--purpose", "--reason", "-o"])
def test_purpose_reason_and_file_are_required(
    run: Run, agent: AgentOnSocket, socket: Path, folder: Path, missing: str
) -> None:
    options = {"--purpose": "complaint", "--reason": "why", "-o": str(folder / "call.wav")}
    del options[missing]
    arguments = [part for option in options.items() for part in option]
    assert run("export", "--socket", socket, "c-1", *arguments).exit_code == 2
    assert agent.asked == []


def test_an_existing_file_is_refused_before_the_agent_is_asked(
    run: Run, agent: AgentOnSocket, socket: Path, folder: Path
) -> None:
    (folder / "call.wav").symlink_to("nowhere")
    result = run("export", "--socket", socket, "c-1", "-o", folder / "call.wav", *WHY)
    assert result.exit_code == 1
    assert "exists already" in result.stderr
    assert agent.asked == []


def test_a_file_that_appears_meanwhile_is_not_replaced(
    run: Run, agent: AgentOnSocket, socket: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, real_fsync = folder / "call.wav", os.fsync

    def fsync_and_intrude(handle: int) -> None:
        real_fsync(handle)
        place.write_bytes(b"somebody else's")

    monkeypatch.setattr(os, "fsync", fsync_and_intrude)
    assert run("export", "--socket", socket, "c-1", "-o", place, *WHY).exit_code == 1
    assert place.read_bytes() == b"somebody else's"
    assert list(folder.iterdir()) == [place]


@pytest.mark.parametrize("intruder", [False, True])
def test_without_hard_links_the_file_is_written_and_nothing_replaced_either(
    run: Run, socket: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, intruder: bool
) -> None:
    place = folder / "call.wav"

    def refuse(*_args: object, **_options: object) -> None:
        if intruder:
            place.write_bytes(b"somebody else's")
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    result = run("export", "--socket", socket, "c-1", "-o", place, *WHY)
    assert result.exit_code == (1 if intruder else 0)
    assert place.read_bytes() == (b"somebody else's" if intruder else SOUND)
    assert list(folder.iterdir()) == [place]


def test_bytes_that_are_not_those_of_the_catalogue_are_not_kept(
    run: Run, agent: AgentOnSocket, socket: Path, folder: Path
) -> None:
    agent.files["r-1"] = SOUND[:-1] + b"!"
    result = run("export", "--socket", socket, "c-1", "-o", folder / "call.wav", *WHY)
    assert result.exit_code == 5
    assert "r-1" in result.stderr
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_said_plainly_and_leaves_nothing(
    run: Run, socket: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    result = run("export", "--socket", socket, "c-1", "-o", folder / "call.wav", *WHY)
    assert result.exit_code == 1
    assert "No space left on device" in result.stderr
    assert list(folder.iterdir()) == []


def test_a_refusal_of_the_agent_leaves_no_file(run: Run, agent: AgentOnSocket, socket: Path, folder: Path) -> None:
    agent.refuse["/v1/contacts/c-1/export"] = CannotLog(why="disk full")
    result = run("export", "--socket", socket, "c-1", "-o", folder / "call.wav", *WHY)
    assert result.exit_code == 1
    assert "nothing is released" in result.stderr
    assert list(folder.iterdir()) == []


def test_of_several_recordings_one_has_to_be_chosen(run: Run, agent: AgentOnSocket, socket: Path, folder: Path) -> None:
    both = [recording("r-1", SOUND), recording("r-2", b"the second")]
    agent.contacts = [contact("c-1", recordings=both)]
    result = run("export", "--socket", socket, "c-1", "-o", folder / "call.wav", *WHY)
    assert result.exit_code == 2
    assert "r-1, r-2" in result.stderr
    chosen = run("export", "--socket", socket, "c-1", "-o", folder / "call.wav", *WHY, "--recording", "r-2")
    assert chosen.exit_code == 0
    assert (folder / "call.wav").read_bytes() == b"the second"


def test_a_purpose_that_the_notice_does_not_know_is_wrong_use(run: Run, socket: Path, folder: Path) -> None:
    result = run("export", "--socket", socket, "c-1", "-o", folder / "f", "--purpose", "curiosity", "--reason", "x")
    assert result.exit_code == 2
    assert "complaint" in result.stderr
