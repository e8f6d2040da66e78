"""The log through the server's commands: what status says, going on after a restore, the entry of a check."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from agent.installation import checkpoint_file, database_file, far_checkpoint_file
from agent.settings import load
from agent.wire import Role
from tests.agent.running import configuration, eventually, install, run_command, short_folder, started


@pytest.fixture
def config(tmp_path: Path) -> Path:
    made = configuration(tmp_path)
    install(made)
    return made


def status(config: Path) -> dict[str, Any]:
    told = run_command("status", "--json", "--config", config)
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert isinstance(found, dict)
    return found


def put_back(config: Path, tmp_path: Path) -> None:
    """The database as it was before its last entries."""
    database = database_file(load(config))
    shutil.copy(database, tmp_path / "older.db")
    assert run_command("account", "add", "new", "--config", config, "--password-stdin", said="x").returncode != 0
    assert run_command("verify", "--config", config).returncode == 0
    shutil.copy(tmp_path / "older.db", database)


def test_an_older_copy_is_said_by_every_command_and_goes_on_only_in_a_new_epoch(config: Path, tmp_path: Path) -> None:
    assert run_command("verify", "--config", config).returncode == 0
    old_note = run_command("checkpoint", "--config", config).stdout
    put_back(config, tmp_path)
    assert "it is an older copy" in status(config)["cannot_log"]
    assert "CANNOT LOG" in run_command("status", "--config", config).stdout

    refused = run_command("run", "--config", config)
    assert (refused.returncode, "earwitness-agent log restart" in refused.stderr) == (5, True)
    broken = run_command("verify", "--config", config)
    assert broken.returncode == 5
    assert "checkpoint beside the database: signed for" in broken.stderr
    assert "This check is not in the log" in broken.stderr

    assert run_command("log", "restart", "--reason", " ", "--config", config).returncode == 2
    restarted = run_command("log", "restart", "--reason", "the disk died", "--config", config)
    assert restarted.returncode == 0, restarted.stderr
    assert "epoch 2" in restarted.stdout
    assert status(config)["cannot_log"] is None
    whole = run_command("verify", "--config", config)
    assert whole.returncode == 0, whole.stderr
    (tmp_path / "old").write_text(old_note, "utf-8")
    since = run_command("verify", "--since", tmp_path / "old", "--config", config)
    assert since.returncode == 0, since.stderr


def test_what_a_check_found_is_an_entry_and_in_the_status(config: Path) -> None:
    assert (status(config)["verified_at"], status(config)["verified_whole"]) == (None, None)
    assert run_command("verify", "--config", config).returncode == 0
    first = status(config)
    assert (first["verified_whole"], first["verified_at"] is not None) == (True, True)
    checkpoint_file(load(config)).write_text("no note", "utf-8")
    assert run_command("verify", "--config", config).returncode == 5
    assert status(config)["verified_whole"] is False


def test_a_checkpoint_is_taken_from_a_file_or_from_another_command(config: Path, tmp_path: Path) -> None:
    note = run_command("checkpoint", "--config", config).stdout
    piped = run_command("verify", "--since", "-", "--config", config, said=note)
    assert piped.returncode == 0, piped.stderr
    (tmp_path / "note").write_text(note.replace("earwitness", "another"), "utf-8")
    refused = run_command("verify", "--since", tmp_path / "note", "--config", config)
    assert (refused.returncode, "checkpoint that was handed in" in refused.stderr) == (5, True)
    remembered = run_command("verify", "--remembered", tmp_path / "note", "--config", config)
    assert (remembered.returncode, "checkpoint in note: " in remembered.stderr) == (5, True)


def test_a_running_agent_shows_that_it_is_there_and_keeps_a_head_with_the_keys() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        with config.open("a") as file:
            file.write("[log]\nheartbeat_minutes = 0.005\n")
        install(config)
        with started(config) as agent:
            eventually(lambda: len(agent.log("action:log.heartbeat")) >= 2)
            assert status(config)["cannot_log"] is None
            assert agent.stop() == 0
        settings = load(config)
        assert far_checkpoint_file(settings).read_text() == checkpoint_file(settings).read_text()


def test_a_database_that_is_replaced_under_the_agent_is_said_by_both() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        with started(config) as agent:
            token = agent.sign_in(Role.ADMINISTRATOR)
            database = database_file(agent.settings)
            shutil.copy(database, folder / "copy")
            (folder / "copy").replace(database)
            refused = agent.ask("GET", "/searches", token=token)
            assert (refused.status_code, refused.json()["code"]) == (503, "cannot-log")
            said = agent.ask("GET", "/status", token=token).json()
            assert said["can_log"] is False
            assert said["trouble"][0].startswith("cannot log: register.db was")
            assert "replaced while the agent had it open" in status(config)["cannot_log"]


def test_who_is_under_way_when_the_agent_stops_has_an_entry_of_how_far_it_came() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        with started(config) as agent:
            call = agent.calls()[0]
            token = agent.sign_in(Role.MANAGER)
            with (
                agent.http(headers={"Authorization": f"Bearer {token}"}) as http,
                http.stream("GET", f"/contacts/{call}/audio", params={"purpose": "quality"}) as answer,
            ):
                assert answer.status_code == 200
                agent.stop()
        with started(config) as agent:
            (asked,) = agent.log("action:contact.listen")
            (ended,) = agent.log("action:contact.released")
            assert ended["request_id"] == asked["request_id"]
            assert ended["detail"]["ended"] in ("complete", "agent-stopped")
