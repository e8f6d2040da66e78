"""`earwitness-agent unmatched`: what does not fit together, without anybody's number."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from agent.__main__ import program
from agent.installation import create
from agent.services.desk import Desk
from agent.settings import load
from tests.agent.calls import call_file, sound
from tests.agent.intake.test_call_records import line

AT = datetime.now(ZoneInfo("Europe/Helsinki")).replace(tzinfo=None) - timedelta(hours=3)
"""The command goes by the real clock."""


def call(unique_id: str, at: datetime = AT, **changed: str) -> bytes:
    times = ("2026-11-23 14:04:58", "2026-11-23 14:05:02", "2026-11-23 14:09:00")
    return line(unique_id, **dict.fromkeys(times, f"{at:%Y-%m-%d %H:%M:%S}"), **changed)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "spool").mkdir()
    file = tmp_path / "agent.toml"
    file.write_text(
        f"""
state_dir = "{tmp_path}/state"
socket = "{tmp_path}/agent.sock"
[[source]]
name = "pbx"
spool = "{tmp_path}/spool"
call_records = "{tmp_path}/Master.csv"
"""
    )
    house = create(load(file))
    desk = Desk(house)
    for number, stem in enumerate(("in-3201-0701740605-{0}-1.1", "in-3201-0701740605-{0}-1795435500.9", "x")):
        name = stem.replace("1.1", "1795435500.1").format(f"{AT:%Y%m%d-%H%M%S}") + ".wav"
        call_file(desk, house.settings.source[0], name, content=sound(0.1, seed=number))
    house.close()
    return file


def asked(config: Path) -> str:
    done = CliRunner().invoke(program, ["unmatched", "--config", str(config)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_it_names_calls_and_contacts_and_no_numbers(config: Path) -> None:
    covering = call("1795000000.1", AT - timedelta(days=3), ANSWERED="BUSY")
    records = covering + call("1795435500.1") + call("1795435500.2") + call("\x1b[2J.2")
    (config.parent / "Master.csv").write_bytes(records)
    said = asked(config)
    assert "pbx: 2 calls without a recording" in said
    assert f"{AT:%Y-%m-%d %H:%M:%S}  1795435500.2  238 s" in said
    assert "\N{REPLACEMENT CHARACTER}[2J.2" in said
    assert "pbx: 1 recording without a call" in said
    assert f"{AT:%Y-%m-%d %H:%M:%S}  1795435500.9  " in said
    assert "1 recording does not say which call it is of" in said
    assert "0701740605" not in said
    assert "\x1b" not in said


def test_records_that_are_not_there_are_said(config: Path) -> None:
    assert "pbx: the call records cannot be read: No such file or directory" in asked(config)


def test_sources_without_records_are_said(config: Path) -> None:
    config.write_text("".join(kept for kept in config.read_text().splitlines(True) if "call_records" not in kept))
    assert "No source says where the records of its calls are" in asked(config)
