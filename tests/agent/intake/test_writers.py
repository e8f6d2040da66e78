from __future__ import annotations

import hashlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.installation import Installation
from agent.intake.pipeline import SourceChanged
from agent.intake.writers import has_writer
from tests.agent.calls import sound
from tests.agent.intake.taking import spool, take
from tests.agent.sentry.scene import needs_root
from tests.agent.stored import findings, spool_files, stored, vault_files

NOBODY = 65534
"""An OS user who owns nothing and may nothing."""
NAME = "in-3201-0046701740605-20261123-140500-1795442700.1.wav"
CONTENT = sound(0.2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "recording.wav"
    path.write_bytes(sound(0.1))
    return path


@pytest.fixture
def fd(file: Path) -> Iterator[int]:
    descriptor = os.open(file, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_a_file_has_a_writer_from_its_opening_to_its_closing(file: Path, fd: int) -> None:
    assert not has_writer(fd)
    with file.open("r+b"):
        assert has_writer(fd)
    assert not has_writer(fd)


def test_another_reader_is_no_writer(file: Path, fd: int) -> None:
    with file.open("rb"):
        assert not has_writer(fd)


def test_a_writer_that_comes_while_it_is_asked_is_neither_refused_nor_harmful(file: Path, fd: int) -> None:
    ended = threading.Event()

    def asking() -> None:
        while not ended.is_set():
            has_writer(fd)

    asker = threading.Thread(target=asking)
    asker.start()
    try:
        for _ in range(500):
            with file.open("r+b") as writing:
                writing.write(b"RIFF")
    finally:
        ended.set()
        asker.join()
    assert signal.getsignal(signal.SIGURG) is signal.SIG_DFL, "nobody hears the kernel's word of an opener"


@pytest.mark.parametrize("what", ["a pipe", "a folder"])
def test_where_the_kernel_does_not_tell_there_is_no_writer(what: str, tmp_path: Path) -> None:
    if what == "a pipe":
        descriptor, other = os.pipe()
    else:
        descriptor = os.open(tmp_path, os.O_RDONLY)
        other = os.dup(descriptor)
    try:
        assert not has_writer(descriptor)
    finally:
        os.close(descriptor)
        os.close(other)


@needs_root
def test_of_another_users_file_the_kernel_does_not_tell_without_the_capability(file: Path, fd: int) -> None:
    with file.open("r+b"):
        child = os.fork()
        if not child:
            os.setresuid(NOBODY, NOBODY, NOBODY)
            os._exit(has_writer(fd))
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0


def test_what_somebody_writes_is_not_taken_in_until_it_is_closed(house: Installation) -> None:
    path = spool(house) / NAME
    with path.open("wb") as recorder:
        recorder.write(sound(0.1))
        recorder.flush()
        with pytest.raises(SourceChanged):
            take(house, NAME, CONTENT)
        assert spool_files(spool(house)) == [path]
        assert (stored(house).contacts, vault_files(house)) == ([], [])
    take(house, NAME, CONTENT)
    [contact] = stored(house).contacts
    assert contact.recordings[0].sha256 == hashlib.sha256(CONTENT).digest()
    assert findings(house) == []
