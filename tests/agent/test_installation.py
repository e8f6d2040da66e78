"""An installation is opened by the user whose it is."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent import installation
from agent.errors import WrongUse
from agent.installation import Installation, create, is_running, only_agent, open_installation
from agent.settings import Settings
from tests.agent.running import configuration, install, run_command

SOMEBODY = 4711


def held(settings: Settings) -> None:
    with only_agent(settings):
        pass


@pytest.fixture
def seen_by_root(house: Installation, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of another user's installation, for root."""
    house.close()
    if os.geteuid() == 0:
        os.chown(house.settings.state_dir, SOMEBODY, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
    return house.settings


@pytest.mark.parametrize("opening", [create, open_installation, held])
def test_root_writes_nothing_into_an_installation_of_another_user(
    opening: Callable[[Settings], object], seen_by_root: Settings
) -> None:
    before = {file: file.stat().st_mtime_ns for file in seen_by_root.state_dir.iterdir()}
    with pytest.raises(WrongUse, match="root must not write"):
        opening(seen_by_root)
    assert {file: file.stat().st_mtime_ns for file in seen_by_root.state_dir.iterdir()} == before


def test_who_only_looks_may_be_root(seen_by_root: Settings) -> None:
    open_installation(seen_by_root, also_as_root=True).close()


def test_an_agent_begins_while_somebody_looks_whether_one_runs(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "LOOK_S", 30.0)
    waited: list[float] = []
    with (house.settings.state_dir / "lock").open("wb") as looking:
        fcntl.flock(looking, fcntl.LOCK_EX)

        def wait(seconds: float) -> None:
            waited.append(seconds)
            fcntl.flock(looking, fcntl.LOCK_UN)

        monkeypatch.setattr(installation.time, "sleep", wait)
        with only_agent(house.settings):
            assert len(waited) == 1
            assert is_running(house.settings)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be turned away")
def test_the_commands_say_whose_it_is(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    settings = install(config)
    os.chown(settings.state_dir, SOMEBODY, -1)
    for words in (["scan"], ["run"], ["quarantine", "list"]):
        turned_away = run_command(*words, "--config", config)
        assert (turned_away.returncode, f"sudo -u '#{SOMEBODY}'" in turned_away.stderr) == (2, True)
    assert "root must not write" not in run_command("doctor", "--config", config).stdout
