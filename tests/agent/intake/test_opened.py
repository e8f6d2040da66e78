from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.intake.completeness import Kind
from agent.intake.opened import Identity, NotRegular, Opened, Unreadable, kind_of, open_in_spool


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


@pytest.fixture
def spool_fd(spool: Path) -> Iterator[int]:
    fd = os.open(spool, os.O_RDONLY | os.O_DIRECTORY)
    before = len(list(Path("/proc/self/fd").iterdir()))
    yield fd
    assert len(list(Path("/proc/self/fd").iterdir())) == before, "a descriptor was left open"
    os.close(fd)


def test_a_file_below_folders_is_opened(spool: Path, spool_fd: int) -> None:
    (spool / "2026" / "11").mkdir(parents=True)
    (spool / "2026" / "11" / "a.wav").write_bytes(b"sound")
    with open_in_spool(spool_fd, "2026/11/a.wav") as opened:
        assert opened.name == "a.wav"
        assert opened.identity.size_bytes == 5
        with opened.file() as file:
            assert file.read() == b"sound"
        assert opened.read_at_most(100) == b"sound"
        assert opened.read_at_most(2) == b"sou"
        assert opened.is_unchanged()
        assert opened.is_still_named()


@pytest.mark.parametrize("name", [b"a\nb.wav", b"\x1b[2J.wav", b"[red]a[red].wav", b"\xff\xfe.wav", b"-rf.wav"])
def test_a_hostile_name_is_just_a_name(spool: Path, spool_fd: int, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(spool) + b"/" + name)).write_bytes(b"sound")
    with open_in_spool(spool_fd, os.fsdecode(name)) as opened:
        assert opened.read_at_most(10) == b"sound"


def test_a_change_after_opening_is_noticed(spool: Path, spool_fd: int) -> None:
    (spool / "a.wav").write_bytes(b"sound")
    with open_in_spool(spool_fd, "a.wav") as opened:
        with (spool / "a.wav").open("ab") as file:
            file.write(b"more")
        assert not opened.is_unchanged()
        assert opened.is_still_named()


def test_another_file_of_the_same_name_is_noticed(spool: Path, spool_fd: int) -> None:
    (spool / "a.wav").write_bytes(b"sound")
    with open_in_spool(spool_fd, "a.wav") as opened:
        (spool / "b.wav").write_bytes(b"other")
        (spool / "b.wav").rename(spool / "a.wav")
        assert not opened.is_still_named()
        (spool / "a.wav").unlink()
        assert not opened.is_still_named()


def test_a_link_is_refused_wherever_it_leads(spool: Path, spool_fd: int, tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(b"secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.wav").write_bytes(b"secret")
    (spool / "a.wav").symlink_to(tmp_path / "secret.wav")
    (spool / "folder").symlink_to(tmp_path / "outside")
    for name in ("a.wav", "folder/a.wav"):
        with pytest.raises(NotRegular) as refused:
            open_in_spool(spool_fd, name)
        assert refused.value.kind is Kind.SYMLINK


def test_a_fifo_a_socket_and_a_folder_are_refused_without_waiting(spool: Path, spool_fd: int) -> None:
    os.mkfifo(spool / "fifo.wav")
    (spool / "folder.wav").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(spool / "socket.wav"))
        kinds = {"fifo.wav": Kind.FIFO, "folder.wav": Kind.DIRECTORY, "socket.wav": Kind.OTHER}
        for name, kind in kinds.items():
            with pytest.raises(NotRegular) as refused:
                open_in_spool(spool_fd, name)
            assert refused.value.kind is kind


@pytest.mark.parametrize("name", ["../a.wav", "/etc/passwd", "a/../b.wav", "./a.wav", "", "a//b.wav", "a\0.wav"])
def test_a_name_that_leads_elsewhere_is_refused(spool_fd: int, name: str) -> None:
    with pytest.raises(NotRegular):
        open_in_spool(spool_fd, name)


def test_a_file_that_is_gone_is_not_found(spool_fd: int) -> None:
    for name in ("a.wav", "folder/a.wav"):
        with pytest.raises(FileNotFoundError):
            open_in_spool(spool_fd, name)


def test_kinds_follow_from_the_mode() -> None:
    assert kind_of(Path("/dev/null").stat().st_mode) is Kind.OTHER
    assert kind_of(Path(__file__).stat().st_mode) is Kind.REGULAR


def test_bytes_that_cannot_be_read_are_told_from_all_else_that_fails(spool: Path, spool_fd: int) -> None:
    (spool / "a.wav").write_bytes(b"sound")
    fd = os.open(spool / "a.wav", os.O_WRONLY)  # the kernel refuses to read through it
    with Opened(fd, os.dup(spool_fd), "a.wav", Identity.of(os.fstat(fd))) as opened:
        with opened.file() as file, pytest.raises(Unreadable, match="Bad file descriptor"):
            file.read(1)
        with pytest.raises(Unreadable):
            opened.read_at(0, 1)
        with pytest.raises(Unreadable):
            opened.read_at_most(1)
