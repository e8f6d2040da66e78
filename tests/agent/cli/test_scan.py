"""`scan` as a process: interrupted and gone on with, and beside a running agent."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from agent.cli.scan import progress
from agent.installation import open_installation
from agent.intake.backlog import Tally
from agent.intake.scan_state import only_scan, running_scan
from agent.settings import Settings
from agent.wire import Role
from tests.agent.api.test_events import following, until
from tests.agent.calls import put, sound
from tests.agent.running import command, configuration, eventually, install, run_command, short_folder, started
from tests.agent.stored import findings, spool_files, stored, vault_files

NAME = "2025/11/in-3201-0046701740605-20251123-140500-1763906700.{}.wav"
OF_INSTALL = 2
"""Contacts that are there already."""


def put_old(settings: Settings, count: int) -> list[bytes]:
    """A backlog; the digests of its contents."""
    digests = []
    for number in range(count):
        content = sound(0.1, seed=100 + number)
        file = put(settings.source[0].spool, NAME.format(number), content)
        os.utime(file, (1_763_906_700, 1_763_906_700))
        digests.append(hashlib.sha256(content).digest())
    return digests


def assert_each_once(settings: Settings, digests: list[bytes]) -> None:
    house = open_installation(settings)
    try:
        held = stored(house)
        assert len(held.sha256s) == len(set(held.sha256s)) == len(digests) + OF_INSTALL
        assert set(digests) < set(held.sha256s)
        assert len(vault_files(house)) == len(held.sha256s)
        assert held.removals == []
        assert findings(house) == []
    finally:
        house.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_it_leaves_everything_right_and_the_next_one_goes_on(tmp_path: Path, number: int) -> None:
    config = configuration(tmp_path)
    settings = install(config)
    digests = put_old(settings, 300)
    spool = settings.source[0].spool
    with subprocess.Popen(
        command("scan", "--config", config), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as scanning:
        eventually(lambda: len(spool_files(spool)) < 280)
        assert eventually(lambda: running_scan(settings.state_dir)).files == 300
        scanning.send_signal(number)
        out, err = scanning.communicate(timeout=60)
    assert running_scan(settings.state_dir) is None
    assert spool_files(spool), "it was interrupted before its end"
    assert "Traceback" not in err
    if number != signal.SIGKILL:
        assert scanning.returncode == 1
        assert f"Interrupted: {len(spool_files(spool))} files" in out
    again = run_command("scan", "--config", config)
    assert again.returncode == 0, again.stderr
    assert spool_files(spool) == []
    assert_each_once(settings, digests)


def test_beside_a_running_agent_each_file_is_taken_in_by_one_of_the_two() -> None:
    with short_folder() as folder:
        config = configuration(folder)
        settings = install(config)
        with started(config):
            digests = put_old(settings, 150)
            scanned = run_command("scan", "--config", config)
            assert scanned.returncode == 0, scanned.stderr
            eventually(lambda: not spool_files(settings.source[0].spool))
        assert_each_once(settings, digests)


def test_a_second_one_is_turned_away_and_the_status_says_how_far_the_first_one_is(tmp_path: Path) -> None:
    config = configuration(tmp_path)
    settings = install(config)
    asking = ("status", "--config", config)
    assert json.loads(run_command(*asking, "--json").stdout)["scan"] is None
    house = open_installation(settings)
    try:
        with only_scan(house) as teller:
            teller.tell_now(Tally(files=4, taken_in=1, found_bytes=4_000_000, done_bytes=1_000_000))
            second = run_command("scan", "--config", config)
            assert (second.returncode, "another scan runs" in second.stderr) == (1, True)
            scan = json.loads(run_command(*asking, "--json").stdout)["scan"]
            assert (scan["files"], scan["taken_in"]) == (4, 1)
            assert "████░░░░░░░░░░░░ 1/4  1/4 MB" in run_command(*asking).stdout
    finally:
        house.close()
    assert "1/4" not in run_command(*asking).stdout
    assert run_command("scan", "--config", config).returncode == 0


def test_open_terminals_hear_of_contacts_that_it_takes_in() -> None:
    """From a spool that the agent does not watch, so that nobody else takes them in."""
    with short_folder() as folder:
        config = configuration(folder)
        install(config)
        spool = folder / "old"
        spool.mkdir()
        with_old = folder / "with-old.toml"
        with_old.write_text(config.read_text("utf-8") + f'[[source]]\nname = "old"\nspool = "{spool}"\n', "utf-8")
        old = spool / "in-3201-0046701740605-20251123-140500-1763906700.1.wav"
        old.write_bytes(sound(0.1, seed=99))
        os.utime(old, (1_763_906_700, 1_763_906_700))
        with (
            started(config) as agent,
            following(agent, agent.sign_in(Role.MANAGER)) as manager,
            following(agent, agent.sign_in(Role.ADVISER)) as anna,
            following(agent, agent.sign_in(Role.MAINTENANCE)) as maintenance,
        ):
            assert run_command("scan", "--config", with_old).returncode == 0
            assert until("contacts", manager) <= {"heartbeat"}
            assert until("contacts", anna) <= {"heartbeat"}
            assert until("intake", maintenance) <= {"heartbeat", "contacts"}


def test_the_bar_says_how_far_how_fast_and_how_long() -> None:
    half = Tally(files=10, taken_in=4, waiting=1, taken_bytes=4_000_000, found_bytes=10_000_000, done_bytes=5_000_000)
    assert progress(half, 2.0, 10) == "█████░░░░░ 5/10  5/10 MB  2/s  2 MB/s  0:02 left"
    assert progress(Tally(), 0.0, 4) == "████ 0/0  0/0 MB  0/s  0 MB/s  0:00 left"
