"""Years of calls at once, with an agent that does not run."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from agent.installation import Installation
from agent.intake.backlog import Backlog, Tally
from agent.vault.store import Vault
from tests.agent.calls import put, sound
from tests.agent.in_process import unwritable
from tests.agent.intake.taking import unreadable
from tests.agent.stored import findings, spool_files, stored, vault_files
from tests.assets import wav

AN_HOUR_S = 3600
CONTENTS = {f"2025/{number % 12 + 1:02d}/call-{number}.wav": sound(0.1, seed=number) for number in range(40)}


def put_old(spool: Path, name: str, content: bytes) -> Path:
    """A file that nobody has written to for an hour."""
    file = put(spool, name, content)
    at = file.stat().st_mtime - AN_HOUR_S
    os.utime(file, (at, at))
    return file


@pytest.fixture
def spool(house: Installation) -> Path:
    folder = house.settings.source[0].spool
    for name, content in CONTENTS.items():
        put_old(folder, name, content)
    return folder


def test_everything_that_is_complete_is_taken_in_once(house: Installation, spool: Path) -> None:
    put_old(spool, "being-written.wav", wav.UNFINISHED["sizes-of-zero"][0])
    os.mkfifo(spool / "fifo.wav")
    told: list[int] = []
    tally = Backlog(house, lambda tally: told.append(tally.done)).take_in()
    assert tally == Tally(files=42, taken_in=40, waiting=2, taken_bytes=sum(map(len, CONTENTS.values())))
    assert told[-1] == 42
    assert stored(house).sha256s == sorted(hashlib.sha256(content).digest() for content in CONTENTS.values())
    assert [file.name for file in spool_files(spool)] == ["being-written.wav", "fifo.wav"]
    assert findings(house) == []


def test_a_file_whose_bytes_cannot_be_read_is_left_and_ends_nothing(house: Installation, spool: Path) -> None:
    bad = spool / next(iter(CONTENTS))
    with unreadable(bad):
        tally = Backlog(house, lambda tally: None).take_in()
    assert (tally.taken_in, tally.waiting) == (39, 1)
    assert spool_files(spool) == [bad]
    assert vault_files(house) == [file for file in vault_files(house) if file.stem in stored(house).sealed_ids]
    assert Backlog(house, lambda tally: None).take_in().taken_in == 1
    assert findings(house) == []


def test_a_full_disk_ends_it_and_the_next_call_goes_on(
    house: Installation, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, sealed = Vault.write, []

    def filling(vault: Vault, recording_id: str, source: object) -> object:
        sealed.append(recording_id)
        if len(sealed) > 10:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(vault, recording_id, source)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "write", filling)
        with pytest.raises(OSError, match="No space left"):
            Backlog(house, lambda tally: None).take_in()
    assert len(stored(house).contacts) == 10
    assert len(spool_files(spool)) == 30
    assert Backlog(house, lambda tally: None).take_in().taken_in == 30
    assert len(stored(house).sha256s) == len(set(stored(house).sha256s)) == 40
    assert len(vault_files(house)) == 40
    assert findings(house) == []


def test_what_was_taken_in_and_could_not_be_removed_is_not_taken_in_again(
    house: Installation, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("agent.intake.leaving.remove", refused)
    assert Backlog(house, lambda tally: None).take_in().taken_in == 40
    tally = Backlog(house, lambda tally: None).take_in()
    assert (tally.taken_in, tally.waiting) == (0, 40)
    monkeypatch.undo()
    assert Backlog(house, lambda tally: None).take_in().files == 0
    assert len(stored(house).contacts) == 40


def test_a_register_that_cannot_be_written_ends_it(house: Installation, spool: Path) -> None:
    with unwritable(house), pytest.raises(Exception, match="OSError"):
        Backlog(house, lambda tally: None).take_in()
    assert len(spool_files(spool)) == 40
    assert vault_files(house) == []
