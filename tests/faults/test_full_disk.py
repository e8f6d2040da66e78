"""A disk that is full: nothing is released, the refusals still stand in the log, and when there is room all goes on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from agent.errors import CannotLog, NotPermitted
from agent.installation import Installation, create
from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.settings import Log, Settings
from agent.wire import Role
from tests.agent.clock import Clock
from tests.agent.conftest import People
from tests.agent.log_reading import entries, newest
from tests.agent.stored import findings

DISK_MIB, RESERVE_MIB = 24, 4
MIB = 1 << 20

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system of its own")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of the test's own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "earwitness-test", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def house(disk: Path, tmp_path: Path) -> Iterator[Installation]:
    log = Log(reserve_mib=RESERVE_MIB)
    settings = Settings(state_dir=disk / "state", keys_dir=tmp_path / "keys", socket=tmp_path / "a.sock", log=log)
    made = create(settings, now_ms=Clock())
    yield made
    made.close()


@pytest.fixture
def desk(house: Installation) -> Desk:
    return Desk(house)


@pytest.fixture
def manager(desk: Desk) -> Caller:
    return People(desk, Clock()).caller(Role.MANAGER)


@pytest.fixture
def filler(disk: Path) -> Path:
    return disk / "somebody-elses"


def fill(file: Path, *, but_bytes: int = 0) -> None:
    """Take all the room there is, or all but a little."""
    free = os.statvfs(file.parent)
    with file.open("ab", buffering=0) as taken:
        for size_bytes in (MIB, 4096):
            with suppress(OSError):  # there is no more
                while free.f_bavail * free.f_frsize > but_bytes:
                    taken.write(bytes(size_bytes))
                    free = os.statvfs(file.parent)


def until_refused(desk: Desk, caller: Caller, filler: Path) -> int:
    """Ask until the log takes no more, while somebody else takes every byte that becomes free; how often it did."""
    for times in range(10_000):
        fill(filler)
        try:
            desk.contacts.saved_searches(caller)
        except CannotLog:
            return times
    raise AssertionError("the disk never became full")


def outcomes(house: Installation, first: int) -> set[tuple[str, str | None]]:
    return {(entry["outcome"], entry["reason"]) for entry in entries(house)[first:]}


def test_when_the_disk_is_full_only_refusals_are_written_until_there_is_room_again(
    desk: Desk, manager: Caller, filler: Path
) -> None:
    house = desk.house
    answered = until_refused(desk, manager, filler)
    assert [entry["action"] for entry in entries(house)].count("search.list") >= answered
    size = len(entries(house))
    for _time in range(20):
        with pytest.raises(CannotLog, match="the disk is full"):
            desk.contacts.saved_searches(manager)
        with pytest.raises(NotPermitted):
            desk.health.status(manager)
    assert len(entries(house)) == size + 40
    assert outcomes(house, size) == {("failed", "cannot-log"), ("refused", "not-permitted")}
    status = desk.health.now(with_intake=False)
    assert not status.can_log
    assert any(trouble.startswith("cannot log: the disk is full") for trouble in status.trouble)
    assert findings(house) == []

    filler.unlink()
    desk.contacts.saved_searches(manager)
    assert newest(house)["outcome"] == "allowed"
    assert desk.health.now(with_intake=False).can_log
    assert (house.settings.state_dir / "reserve").stat().st_size == RESERVE_MIB * MIB
    assert findings(house) == []


def test_room_for_the_reserve_alone_is_not_room_enough(desk: Desk, manager: Caller, filler: Path) -> None:
    until_refused(desk, manager, filler)
    filler.unlink()
    fill(filler, but_bytes=(2 * RESERVE_MIB - 1) * MIB)
    with pytest.raises(CannotLog):
        desk.contacts.saved_searches(manager)
    filler.unlink()
    desk.contacts.saved_searches(manager)


def test_an_installation_that_was_closed_on_a_full_disk_opens_without_releasing_anything(
    desk: Desk, manager: Caller, filler: Path
) -> None:
    from agent.installation import open_installation

    until_refused(desk, manager, filler)
    desk.house.close()
    fill(filler, but_bytes=MIB)
    again = open_installation(desk.house.settings)
    try:
        with pytest.raises(CannotLog, match="the disk is full"):
            Desk(again).contacts.saved_searches(manager)
    finally:
        again.close()
