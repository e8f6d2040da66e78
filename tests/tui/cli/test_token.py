from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.cli.token import TokenFile, UnsafeFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run" / "earwitness"


@pytest.fixture
def file(folder: Path) -> TokenFile:
    return TokenFile("/run/earwitness/agent.sock", parent=folder.parent)


def test_what_was_written_is_read_and_no_other_file_remains(file: TokenFile, folder: Path) -> None:
    file.write("first")
    file.write("second")
    assert file.read() == "second"
    assert len(list(folder.iterdir())) == 1


def test_without_a_token_there_is_none_and_removing_it_is_no_error(file: TokenFile) -> None:
    assert file.read() is None
    file.remove()


def test_the_names_of_two_places_differ_and_tell_nothing(folder: Path) -> None:
    for place in ("ssh://anna@recorder/run/a.sock", "/run/a.sock"):
        TokenFile(place, parent=folder.parent).write("token")
    names = [path.name for path in folder.iterdir()]
    assert len(set(names)) == 2
    assert not any("anna" in name for name in names)


def test_a_folder_open_to_others_is_refused(file: TokenFile, folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    with pytest.raises(UnsafeFolder):
        file.write("token")
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_a_symbolic_link_is_refused(file: TokenFile, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    folder.parent.mkdir()
    folder.symlink_to(elsewhere)
    with pytest.raises(UnsafeFolder):
        file.write("token")
    assert list(elsewhere.iterdir()) == []


def test_a_folder_of_somebody_else_is_refused(file: TokenFile, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(mode=0o700, parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(UnsafeFolder):
        file.read()


def test_a_token_open_to_others_is_refused(file: TokenFile, folder: Path) -> None:
    file.write("token")
    next(folder.iterdir()).chmod(0o644)
    with pytest.raises(UnsafeFolder):
        file.read()


def test_a_token_that_is_a_symbolic_link_is_refused_and_replaced(file: TokenFile, folder: Path, tmp_path: Path) -> None:
    planted = tmp_path / "planted"
    planted.write_text("planted")
    file.write("token")
    kept = next(folder.iterdir())
    kept.unlink()
    kept.symlink_to(planted)
    with pytest.raises(UnsafeFolder):
        file.read()
    file.write("token")
    assert (file.read(), planted.read_text()) == ("token", "planted")


def test_an_open_umask_does_not_open_the_file(file: TokenFile, folder: Path) -> None:
    before = os.umask(0)
    try:
        file.write("token")
    finally:
        os.umask(before)
    assert next(folder.iterdir()).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_relative_runtime_directory_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000_000)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnsafeFolder):
        TokenFile("place").read()
    assert (tmp_path / ".cache" / "earwitness").is_dir()
    assert not (tmp_path / "here").exists()
