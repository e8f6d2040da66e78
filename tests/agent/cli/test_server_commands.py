"""The server's commands as technical maintenance uses them: processes, exit codes, plain words."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from agent.wire import Role
from tests.agent.calls import put, sound
from tests.agent.conftest import PASSWORD
from tests.agent.running import configuration, eventually, install, run_command, short_folder, started, user_of

NAME = "in-3201-0046701740605-20261123-140500-1795442700.1.wav"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An installation that is made, with a person for each role and two calls."""
    made = configuration(tmp_path)
    install(made)
    return made


# --- init ----------------------------------------------------------------------------------------------------------


def test_init_makes_an_installation_whose_administrator_can_be_seen(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    words = ("init", "--config", config, "--admin", "petri.koski", "--name", "Petri Koski", "--password-stdin")
    made = run_command(*words, said=PASSWORD + "\n")
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    people = run_command("account", "list", "--config", config)
    assert "petri.koski  Petri Koski  administrator" in people.stdout
    assert PASSWORD not in made.stdout + made.stderr
    again = run_command(*words, said=PASSWORD + "\n")
    assert (again.returncode, "already" in again.stderr) == (1, True)


def test_an_unfit_password_is_refused_and_said(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    made = run_command("init", "--config", config, "--admin", "pk", "--name", "P", "--password-stdin", said="short\n")
    assert made.returncode == 2
    assert "12 to 1024 characters" in made.stderr


def test_a_configuration_that_cannot_be_used_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text('statedir = "/x"\n')
    asked = run_command("status", "--config", tmp_path / "agent.toml")
    assert asked.returncode == 2
    assert "did you mean state_dir" in asked.stderr
    assert "Traceback" not in asked.stderr


# --- run -----------------------------------------------------------------------------------------------------------


def test_an_agent_leaves_in_good_order_and_takes_its_socket_along() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        with started(config) as agent:
            assert agent.ask("GET", "/me", role=Role.MANAGER).status_code == 200
            assert agent.stop() == 0
            assert not agent.settings.socket.exists()
        entries = run_command("verify", "--config", config)
        assert "Everything is what was written." in entries.stdout


def test_a_second_agent_is_refused() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        with started(config) as agent:
            second = run_command("run", "--config", config)
            assert second.returncode == 1
            assert "another agent runs on this installation" in second.stderr
            assert agent.ask("GET", "/me", role=Role.MANAGER).status_code == 200


def test_something_else_in_the_place_of_the_socket_is_left_alone() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        settings = install(config)
        settings.socket.parent.mkdir(exist_ok=True)
        settings.socket.write_text("not a socket")
        refused = run_command("run", "--config", config)
        assert refused.returncode == 1
        assert settings.socket.read_text() == "not a socket"


def test_the_socket_of_an_agent_that_was_killed_is_replaced() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        settings = install(config)
        with started(config) as agent:
            agent.process.kill()
            agent.process.wait()
        assert settings.socket.exists()
        with started(config) as agent:
            assert agent.ask("GET", "/me", role=Role.MANAGER).status_code == 200


# --- account -------------------------------------------------------------------------------------------------------


def test_a_persons_way_through_the_house() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        account = ("account",)
        added = run_command(
            *(*account, "add", "erik.sund", "--config", config, "--name", "Erik Sund", "--role", "manager"),
            "--password-stdin",
            said=PASSWORD + "\n",
        )
        assert added.returncode == 0, added.stderr
        twice = run_command(
            *(*account, "add", "erik.sund", "--config", config, "--name", "E", "--role", "dpo", "--password-stdin"),
            said=PASSWORD + "\n",
        )
        assert (twice.returncode, "already" in twice.stderr) == (1, True)
        with started(config) as agent:
            signing = {"user": "erik.sund", "password": PASSWORD}
            token = agent.ask("POST", "/session", json=signing).json()["token"]
            assert agent.ask("GET", "/contacts", token=token).status_code == 200
            assert run_command(*account, "revoke", "erik.sund", "manager", "--config", config).returncode == 0
            assert agent.ask("GET", "/contacts", token=token).status_code == 403
            assert run_command(*account, "grant", "erik.sund", "manager", "--config", config).returncode == 0
            assert agent.ask("GET", "/contacts", token=token).status_code == 200
            assert run_command(*account, "disable", "erik.sund", "--config", config).returncode == 0
            assert agent.ask("GET", "/contacts", token=token).status_code == 401
            assert agent.ask("POST", "/session", json=signing).status_code == 401
            assert run_command(*account, "enable", "erik.sund", "--config", config).returncode == 0
            assert agent.ask("POST", "/session", json=signing).status_code == 200
            acts = [entry["action"] for entry in agent.log("target:erik.sund action:account.")]
        wanted = ["account.enable", "account.disable", "account.grant", "account.revoke", "account.add", "account.add"]
        assert acts == wanted
        listed = run_command(*account, "list", "--config", config).stdout
        assert "erik.sund  Erik Sund  manager" in listed


def test_an_agreement_is_put_on_file(config: Path) -> None:
    user = user_of(Role.ADVISER)
    days = ("--from", "2026-01-01", "--until", "2099-12-31")
    filed = run_command("account", "agreement", user, "--config", config, "--reference", "A-17", *days)
    assert filed.returncode == 0, filed.stderr
    assert "agreement until 2100-01-01" in run_command("account", "list", "--config", config).stdout
    nobody = run_command("account", "agreement", "nobody", "--config", config, "--reference", "A-17", *days)
    assert (nobody.returncode, "no account" in nobody.stderr) == (1, True)


# --- status, scan, quarantine --------------------------------------------------------------------------------------


def test_status_says_what_is_kept_and_whether_the_agent_runs() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        asleep = json.loads(run_command("status", "--config", config, "--json").stdout)
        assert (asleep["running"], asleep["contacts"], asleep["checkpoint_valid"]) == (False, 2, True)
        with started(config):
            awake = json.loads(run_command("status", "--config", config, "--json").stdout)
            assert awake["running"] is True


def test_a_backlog_is_taken_in_once() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        settings = install(config)
        for number in range(5):
            file = put(settings.source[0].spool, NAME.replace(".1.wav", f".{number}.wav"), sound(1.0, seed=number))
            os.utime(file, (1_795_442_700, 1_700_000_000))
        scanned = run_command("scan", "--config", config)
        assert (scanned.returncode, scanned.stdout) == (0, "5 taken in, 0 quarantined, 0 left for the running agent\n")
        assert not list(settings.source[0].spool.iterdir())
        assert "0 taken in" in run_command("scan", "--config", config).stdout


def test_the_quarantine_is_listed_without_the_names_that_hold_numbers() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        settings = install(config)
        with started(config) as agent:
            put(settings.source[0].spool, NAME, b"this is no recording at all")
            items = eventually(lambda: agent.ask("GET", "/quarantine", role=Role.ADMINISTRATOR).json()["items"])
        listed = run_command("quarantine", "list", "--config", config)
        assert items[0]["id"] in listed.stdout
        assert "not-audio" in listed.stdout
        assert "46701740605" not in listed.stdout + listed.stderr
        retried = run_command("quarantine", "retry", items[0]["id"], "--config", config)
        assert (retried.returncode, "still no recording" in retried.stderr) == (1, True)
