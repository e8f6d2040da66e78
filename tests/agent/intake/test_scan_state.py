"""What a scan tells of itself, and what of it is believed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.errors import Conflict
from agent.installation import Installation
from agent.intake import scan_state
from agent.intake.backlog import Backlog, Tally
from agent.intake.scan_state import FILE, ScanTeller, mark_of, only_scan, running_scan
from tests.agent.clock import Clock
from tests.agent.intake.test_backlog import CONTENTS, spool

__all__ = ["spool"]
HALF = Tally(files=10, taken_in=3, quarantined=1, waiting=1, taken_bytes=40, found_bytes=100, done_bytes=50)


@pytest.fixture
def folder(house: Installation) -> Path:
    return house.settings.state_dir


def test_while_it_runs_everybody_can_know_how_far_it_is(house: Installation, folder: Path, clock: Clock) -> None:
    assert running_scan(folder) is None
    with only_scan(house) as teller:
        begun = running_scan(folder)
        assert begun is not None
        assert (begun.files, begun.taken_in) == (0, 0)
        clock.forward(minutes=2)
        teller.tell_now(HALF)
        told = running_scan(folder)
        assert told is not None
        assert (told.files, told.taken_in, told.quarantined, told.waiting) == (10, 3, 1, 1)
        assert (told.found_bytes, told.done_bytes, told.taken_bytes) == (100, 50, 40)
        assert told.at - told.began_at >= timedelta(minutes=2)
    assert running_scan(folder) is None


def test_a_second_scan_is_turned_away_and_harms_the_first_one_not(house: Installation, folder: Path) -> None:
    with only_scan(house) as teller:
        teller.tell_now(HALF)
        with pytest.raises(Conflict, match="another scan runs"), only_scan(house):
            pass
        told = running_scan(folder)
        assert told is not None
        assert told.files == 10
    with only_scan(house):
        pass


def test_looking_whether_one_runs_turns_none_away(house: Installation, folder: Path) -> None:
    with only_scan(house):
        pass
    for _ in range(3):
        assert running_scan(folder) is None
        with only_scan(house):
            assert running_scan(folder) is not None


def test_what_a_scan_left_that_was_killed_is_not_told_of_the_next_one(house: Installation, folder: Path) -> None:
    ScanTeller(house).tell_now(HALF)
    assert running_scan(folder) is None
    with only_scan(house):
        told = running_scan(folder)
        assert told is not None
        assert told.files == 0


def a_link(file: Path) -> None:
    elsewhere = file.with_name("elsewhere")
    file.replace(elsewhere)
    file.symlink_to(elsewhere)


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


WRONG: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(bytes(range(256))),
    "cut short": lambda file: os.truncate(file, 40),
    "huge": lambda file: os.truncate(file, 1 << 40),
    "more than it can be": lambda file: file.write_bytes(file.read_bytes() + b" " * scan_state.LIMIT_BYTES),
    "less than nothing": lambda file: file.write_bytes(file.read_bytes().replace(b'"files":10', b'"files":-1')),
    "beyond all files": lambda file: file.write_bytes(file.read_bytes().replace(b":10,", b":1" + b"0" * 30 + b",")),
    "another time": lambda file: file.write_bytes(file.read_bytes().replace(b'"at":"2', b'"at":"x')),
    "link": a_link,
    "pipe": a_pipe,
    "folder": a_folder,
    "gone": lambda file: file.unlink(),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_no_scan_would_have_written_is_not_believed(kind: str, house: Installation, folder: Path) -> None:
    with only_scan(house) as teller:
        teller.tell_now(HALF)
        assert running_scan(folder) is not None
        WRONG[kind](folder / FILE)
        assert running_scan(folder) is None


def test_a_file_of_somebody_else_is_not_believed(
    house: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with only_scan(house):
        found = os.fstat

        def of_a_stranger(descriptor: int) -> os.stat_result:
            result = found(descriptor)
            is_told = stat.S_ISREG(result.st_mode) and result.st_ino == (folder / FILE).stat().st_ino
            return os.stat_result((*result[:4], result.st_uid + 77 if is_told else result.st_uid, *result[5:]))

        monkeypatch.setattr(os, "fstat", of_a_stranger)
        assert running_scan(folder) is None
        monkeypatch.undo()
        assert running_scan(folder) is not None


def test_the_agents_user_can_read_what_root_told(house: Installation, folder: Path) -> None:
    before = os.umask(0o077)
    try:
        ScanTeller(house).tell_now(HALF)
    finally:
        os.umask(before)
    assert (folder / FILE).stat().st_mode & 0o777 == 0o644
    assert folder.stat().st_mode & 0o077 == 0


def test_it_tells_once_a_second_at_most(house: Installation, folder: Path) -> None:
    now_s = 0.0
    teller = ScanTeller(house, lambda: now_s)
    teller.tell(HALF)
    first = mark_of(folder)
    assert first is not None
    now_s = 0.9
    teller.tell(HALF)
    assert mark_of(folder) == first
    now_s = 1.1
    teller.tell(HALF)
    assert mark_of(folder) != first


@pytest.mark.parametrize("call", ["open", "write", "replace"])
def test_a_disk_that_takes_no_word_of_it_does_not_stop_the_scan(
    call: str, house: Installation, spool: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[str] = []

    def full(*_arguments: object, **_more: object) -> int:
        refused.append(call)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched, only_scan(house) as teller:
        if call == "replace":
            patched.setattr(Path, "replace", full)
        else:
            patched.setattr(scan_state, "os", SimpleNamespace(**{**vars(os), call: full}))
        assert Backlog(house, teller.tell_now, beside_agent=True).take_in().taken_in == len(CONTENTS)
    assert refused


def test_a_file_that_a_crash_left_half_written_is_in_nobodys_way(house: Installation, folder: Path) -> None:
    (folder / "scan.json.new").write_bytes(b"{")
    with only_scan(house):
        assert running_scan(folder) is not None
    assert not (folder / "scan.json.new").exists()
