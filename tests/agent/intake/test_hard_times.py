"""What happens to a recording server: events that get lost, shares that go, disks that fill, clocks that jump."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.installation import Installation, create, vault_folder
from agent.intake import sidecar_watch
from agent.intake.loop import IntakeLoop
from agent.settings import Settings
from tests.agent.calls import put, sound
from tests.agent.clock import Clock
from tests.agent.intake.test_loop import NAME, Loop, started, started_with, with_source
from tests.agent.log_reading import entries
from tests.agent.stored import findings, spool_files, stored
from tests.agent.waiting import until


@pytest.fixture
def running(house: Installation) -> Iterator[Loop]:
    with started(house) as made:
        yield made


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[None]:
    """A small file system of its own at a folder."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if made.returncode != 0 and not os.environ.get("CI"):
        pytest.skip("mounting a file system is root's")
    assert made.returncode == 0, made.stderr
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


# --- events ----------------------------------------------------------------------------------------------------------


def test_events_that_got_lost_are_found_by_the_rescan(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IntakeLoop, "_hear", lambda *_: None)
    with started(house) as made:
        until(lambda: made.loop.status()[0].trouble is None)
        put(made.spool, "2026/11/" + NAME.format(1), sound(seed=1))
        until(lambda: made.names() == [NAME.format(1)])


def test_thousands_of_folders_are_read_through(house: Installation) -> None:
    spool = house.settings.source[0].spool
    for number in range(2000):
        (spool / f"{number % 20:02}" / f"{number:04}").mkdir(parents=True)
    put(spool, "19/1999/" + NAME.format(1), sound(seed=1))
    with started(house) as made:
        until(lambda: made.names() == [NAME.format(1)])
        put(spool, "00/0000/" + NAME.format(2), sound(seed=2))
        until(lambda: len(made.names()) == 2)


def test_a_network_share_is_polled(settings: Settings, clock: Clock) -> None:
    with started_with(with_source(settings, watch="polling"), clock) as made:
        put(made.spool, "2026/" + NAME.format(1), sound(seed=1))
        until(lambda: made.names() == [NAME.format(1)])
        until(lambda: not spool_files(made.spool))  # it leaves the spool after its row is durable


# --- sidecars --------------------------------------------------------------------------------------------------------


def test_a_sidecar_that_comes_after_its_recording_enriches_it(running: Loop) -> None:
    put(running.spool, NAME.format(1), sound(seed=1))
    until(lambda: running.names() == [NAME.format(1)])
    put(running.spool, NAME.format(1) + ".json", json.dumps({"number": "+447700900123"}).encode())
    until(lambda: [contact.number for contact in stored(running.house).contacts] == ["+447700900123"])
    until(lambda: not spool_files(running.spool))
    assert findings(running.house) == []


def test_a_sidecar_without_a_recording_is_kept_and_reported_until_that_comes(
    running: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecar_watch, "ALONE_S", 0.5)
    said = json.dumps({"number": "+447700900123"}).encode()
    put(running.spool, NAME.format(1) + ".json", said)
    until(lambda: running.reasons() == [(NAME.format(1) + ".json", "sidecar-without-recording")])
    assert [file.read_bytes() for file in spool_files(running.spool)] == [said]
    put(running.spool, NAME.format(1), sound(seed=1))
    until(lambda: [contact.number for contact in stored(running.house).contacts] == ["+447700900123"])
    until(lambda: running.reasons() == [])
    actions = [entry["action"] for entry in entries(running.house)]
    assert actions.count("quarantine.add") == actions.count("quarantine.end") == 1


def test_a_file_of_call_records_is_nobodys_sidecar(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sidecar_watch, "ALONE_S", 0.2)
    records = settings.source[0].spool / "Master.csv"
    with started_with(with_source(settings, call_records=records), clock) as made:
        put(made.spool, "Master.csv", b"")
        put(made.spool, "Other.csv", b"")
        until(lambda: made.reasons() == [("Other.csv", "sidecar-without-recording")])


# --- file systems ----------------------------------------------------------------------------------------------------


def test_a_share_that_goes_and_comes_back_is_said_and_then_taken_in(running: Loop) -> None:
    with mounted(running.spool, "1m"):
        put(running.spool, NAME.format(1), sound(seed=1))
        until(lambda: running.names() == [NAME.format(1)])
    running.spool.rmdir()
    until(lambda: running.loop.status()[0].trouble)
    running.spool.mkdir()
    with mounted(running.spool, "1m"):
        put(running.spool, NAME.format(2), sound(seed=2))
        until(lambda: running.names() == [NAME.format(1), NAME.format(2)])
        until(lambda: running.loop.status()[0].trouble is None)


def test_a_vault_that_is_full_pauses_the_intake_until_there_is_room(settings: Settings, clock: Clock) -> None:
    house = create(settings, now_ms=clock)
    spool = settings.source[0].spool
    try:
        with mounted(vault_folder(settings), "200k"):
            house.vault.create()
            filler = put(vault_folder(settings), "filler", bytes(180_000))
            with started(house) as made:
                put(spool, NAME.format(1), sound(4, seed=1))
                until(lambda: made.loop.paused == "No space left on device")
                assert [file.name for file in spool_files(spool)] == [NAME.format(1)]
                with house.register.read():
                    pass  # the rest goes on
                filler.unlink()
                until(lambda: made.names() == [NAME.format(1)])
                until(lambda: made.loop.paused is None)
                until(lambda: not spool_files(spool))
                assert findings(house) == []
    finally:
        house.close()


def test_a_spool_that_is_read_only_is_catalogued_once_and_emptied_when_it_can_be(running: Loop) -> None:
    with mounted(running.spool, "1m"):
        put(running.spool, NAME.format(1), sound(seed=1))
        subprocess.run(["mount", "-o", "remount,ro", running.spool], check=True)
        until(lambda: running.names() == [NAME.format(1)])
        running.loop.rescan()
        time.sleep(0.5)  # two rescans, in which nothing may happen
        assert running.names() == [NAME.format(1)]
        subprocess.run(["mount", "-o", "remount,rw", running.spool], check=True)
        until(lambda: not spool_files(running.spool))
        assert findings(running.house) == []


# --- clocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump_s", [-86_400 * 400, 86_400 * 400])
def test_a_clock_that_jumps_neither_holds_a_file_up_nor_takes_one_too_early(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch, jump_s: int
) -> None:
    real: Any = time.time_ns
    with started_with(with_source(settings, quiet_s=1.0), clock) as made:
        until(lambda: made.loop.status()[0].trouble is None)
        monkeypatch.setattr(time, "time_ns", lambda: real() + jump_s * 1_000_000_000)
        put(made.spool, NAME.format(1), sound(seed=1))
        until(lambda: made.names() == [NAME.format(1)])
        with (made.spool / NAME.format(2)).open("wb") as writing:
            content = sound(seed=2)
            writing.write(content[:1000])
            writing.flush()
            if jump_s < 0:
                made.loop.rescan()
                time.sleep(0.6)  # shorter than quiet_s, in which nothing may happen
                assert made.names() == [NAME.format(1)]
            writing.write(content[1000:])
        until(lambda: len(made.names()) == 2)
