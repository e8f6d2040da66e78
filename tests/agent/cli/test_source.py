"""`earwitness-agent source acknowledge`: on the server, without signing in, with its entry."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agent.__main__ import program
from agent.installation import Installation, create, open_installation
from agent.intake.standing import Standing, standing
from agent.services.desk import Desk
from agent.settings import load
from tests.agent.log_reading import leaves, newest
from tests.agent.services.test_acknowledging import come, go
from tests.agent.stored import findings


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An installation with two recordings in place, of which one is gone."""
    (tmp_path / "spool").mkdir()
    file = tmp_path / "agent.toml"
    file.write_text(
        f"""
state_dir = "{tmp_path}/state"
socket = "{tmp_path}/agent.sock"
[[source]]
name = "pbx"
spool = "{tmp_path}/spool"
mode = "in-place"
"""
    )
    house = create(load(file))
    desk = Desk(house)
    come(desk, 0)
    come(desk, 1)
    go(desk, 1)
    house.close()
    return file


def asked(config: Path, *words: str) -> Result:
    command = ["source", "acknowledge", *words, "--config", str(config)]
    return CliRunner().invoke(program, command, catch_exceptions=False)


@contextmanager
def reopened(config: Path) -> Iterator[Installation]:
    house = open_installation(load(config))
    try:
        yield house
    finally:
        house.close()


def test_what_stands_is_acknowledged_and_said(config: Path) -> None:
    done = asked(config, "pbx", "--reason", "deleted after a year, ticket 17")
    assert (done.exit_code, done.output) == (0, "pbx: acknowledged, 0 changed and 1 gone\n")
    with reopened(config) as house:
        entry = newest(house)
        assert (entry["action"], entry["outcome"], entry["target"]) == ("source.acknowledge", "allowed", "pbx")
        assert (entry["detail"], entry["actor"]["uid"]) == ({"changed": 0, "vanished": 1}, os.getuid())
        assert b"ticket" not in leaves(house)
        assert any("it is gone" in finding for finding in findings(house)), "verify names it all the same"
    again = asked(config, "pbx", "--reason", "once more")
    assert (again.exit_code, "nothing stands there" in again.output) == (1, True)


def test_without_a_reason_or_a_source_nothing_is_acknowledged(config: Path) -> None:
    assert asked(config, "pbx").exit_code == 2
    assert asked(config, "pbx", "--reason", " ").exit_code == 2
    assert asked(config, "0701740605", "--reason", "why").exit_code == 1
    with reopened(config) as house:
        assert b"701740605" not in leaves(house)
        gone = newest(house, "source.vanished")["seq"]
        with house.register.read():
            assert standing("pbx") == Standing(0, 1, gone)


def test_status_says_what_stands_until_it_is_acknowledged(config: Path) -> None:
    def status(*words: str) -> str:
        return CliRunner().invoke(program, ["status", *words, "--config", str(config)], catch_exceptions=False).output

    assert re.search("in place, pbx +0 changed and 1 gone", status())
    told = json.loads(status("--json"))["standing"]["pbx"]
    assert (told["changed"], told["vanished"]) == (0, 1)
    asked(config, "pbx", "--reason", "deleted after a year")
    assert "in place" not in status()
    assert json.loads(status("--json"))["standing"] == {}
