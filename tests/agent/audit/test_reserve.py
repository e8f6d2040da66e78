"""Space for refusals: held, given, and taken again only when there is room besides."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import peewee
import pytest

from agent.audit.reserve import MIB, Reserve


@pytest.fixture
def reserve(tmp_path: Path) -> Reserve:
    return Reserve(tmp_path / "reserve", MIB)


def test_it_is_whole_when_its_blocks_are_there_and_nobody_else_can_read_it(reserve: Reserve, tmp_path: Path) -> None:
    assert not reserve.is_whole()
    assert reserve.regain()
    assert reserve.is_whole()
    found = (tmp_path / "reserve").stat()
    assert (found.st_size, found.st_mode & 0o777) == (MIB, 0o600)
    assert found.st_blocks * 512 >= MIB


@pytest.mark.parametrize("kind", ["short", "sparse", "folder", "link"])
def test_what_holds_no_space_is_no_reserve(reserve: Reserve, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "reserve"
    if kind == "short":
        file.write_bytes(bytes(1000))
    elif kind == "sparse":
        file.touch()
        os.truncate(file, MIB)
    elif kind == "folder":
        file.mkdir()
    else:
        file.symlink_to("/dev/zero")
    assert not reserve.is_whole()


def test_it_is_taken_only_when_as_much_is_left_besides(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path)
    greedy = Reserve(tmp_path / "reserve", free.f_bavail * free.f_frsize * 3 // 4)
    assert not greedy.regain()
    assert list(tmp_path.iterdir()) == []


def test_given_it_is_gone_and_comes_back(reserve: Reserve, tmp_path: Path) -> None:
    reserve.regain()
    reserve.release()
    reserve.release()
    assert not (tmp_path / "reserve").exists()
    assert reserve.regain()


@pytest.mark.parametrize(
    ("error", "is_wanted"),
    [
        (peewee.OperationalError("database or disk is full"), True),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (peewee.OperationalError("disk I/O error"), False),
        (OSError(errno.EIO, "Input/output error"), False),
    ],
)
def test_it_is_given_for_a_full_disk_and_for_nothing_else(reserve: Reserve, error: Exception, is_wanted: bool) -> None:
    assert reserve.is_wanted_for(error) is is_wanted
