from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.intake.opened import open_in_spool
from agent.intake.scan import DEPTH_LIMIT, Role, role_of, scan


@pytest.fixture
def spool_fd(tmp_path: Path) -> Iterator[int]:
    fd = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield fd
    os.close(fd)


def found(spool_fd: int, below: str = "") -> dict[str, Role]:
    return {each.relative_name: each.role for each in scan(spool_fd, below)}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("a.wav", Role.CANDIDATE),
        ("a.WAV", Role.CANDIDATE),
        ("a.Wav", Role.CANDIDATE),
        ("a.wav.json", Role.SIDECAR),
        ("a.JSON", Role.SIDECAR),
        ("1_1.XML", Role.SIDECAR),
        ("a.csv", Role.SIDECAR),
        ("20261123_140502_p1.mcf", Role.LEFT_ALONE),
        ("a.mcf", Role.LEFT_ALONE),
        ("a.wav.part", Role.LEFT_ALONE),
        ("a.mp3", Role.LEFT_ALONE),
        (".a.wav", Role.LEFT_ALONE),
        (".wav", Role.LEFT_ALONE),
        ("wav", Role.LEFT_ALONE),
    ],
)
def test_a_name_says_what_the_intake_does_with_it(name: str, role: Role) -> None:
    assert role_of(name) is role


def test_everything_below_the_spool_is_found(spool_fd: int, tmp_path: Path) -> None:
    for name in ("a.wav", "2026/11/23/b.WAV", "2026/11/23/b.json", "2026/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert found(spool_fd) == {
        "a.wav": Role.CANDIDATE,
        "2026/11/23/b.WAV": Role.CANDIDATE,
        "2026/11/23/b.json": Role.SIDECAR,
        "2026/notes.txt": Role.LEFT_ALONE,
    }
    assert found(spool_fd) == found(spool_fd), "a second scan of the same descriptor starts at the beginning"
    assert set(found(spool_fd, "2026/11")) == {"2026/11/23/b.WAV", "2026/11/23/b.json"}


def test_links_are_not_followed(spool_fd: int, tmp_path: Path) -> None:
    outside = tmp_path.parent / (tmp_path.name + "-outside")
    outside.mkdir()
    (outside / "a.wav").touch()
    (tmp_path / "folder").symlink_to(outside)
    (tmp_path / "self.wav").symlink_to(tmp_path)
    assert found(spool_fd) == {"folder": Role.LEFT_ALONE, "self.wav": Role.CANDIDATE}
    assert found(spool_fd, "folder") == {}


@pytest.mark.parametrize("name", [b"a\nb.wav", b"\x1b[2J.wav", b"[red]a[red].wav", b"\xff\xfe.wav"])
def test_a_hostile_name_survives_and_leads_back_to_its_file(spool_fd: int, tmp_path: Path, name: bytes) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name[:2]))
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"sound")
    ((only, role),) = found(spool_fd).items()
    assert (os.fsencode(only), role) == (name[:2] + b"/" + name, Role.CANDIDATE)
    with open_in_spool(spool_fd, only) as opened:
        assert opened.read_at_most(10) == b"sound"


def test_hidden_folders_are_left_alone(spool_fd: int, tmp_path: Path) -> None:
    (tmp_path / ".snapshot").mkdir()
    (tmp_path / ".snapshot" / "a.wav").touch()
    assert found(spool_fd) == {".snapshot": Role.LEFT_ALONE}


def test_folders_without_end_are_said_to_be_unreadable(spool_fd: int, tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * (DEPTH_LIMIT + 3))).mkdir(parents=True)
    assert list(found(spool_fd).values()) == [Role.UNREADABLE]


def test_thousands_of_folders_need_few_descriptors(spool_fd: int, tmp_path: Path) -> None:
    for number in range(2000):
        (tmp_path / f"{number:04}").mkdir()
        (tmp_path / f"{number:04}" / "a.wav").touch()
    most = 0
    seen = 0
    for _ in scan(spool_fd):
        seen += 1
        if seen % 100 == 0:
            most = max(most, len(list(Path("/proc/self/fd").iterdir())))
    assert seen == 2000
    assert most < 100


def test_a_folder_that_is_gone_or_leads_elsewhere_holds_nothing(spool_fd: int) -> None:
    assert found(spool_fd, "gone") == {}
    assert found(spool_fd, "..") == {}
    assert found(spool_fd, "/etc") == {}


def test_a_scan_that_is_not_finished_leaves_no_descriptor(spool_fd: int, tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.wav").touch()
    before = len(list(Path("/proc/self/fd").iterdir()))
    walk = scan(spool_fd, "a")
    next(walk)
    walk.close()  # type: ignore[attr-defined] # a generator, though only an iterator is promised
    assert len(list(Path("/proc/self/fd").iterdir())) == before
