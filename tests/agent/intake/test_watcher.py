from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from watchdog.observers import inotify_c
from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper

from agent.intake.watcher import Watcher, Woken
from tests.agent.waiting import until

LONG_S = 30.0
"""How long a fact is waited for before the test fails."""

Make = Callable[..., Watcher]


class Heard:
    def __init__(self) -> None:
        self.queue: queue.Queue[Woken] = queue.Queue()

    def until(self, name: str) -> list[Woken]:
        """Everything up to the first wake-up for a name."""
        told: list[Woken] = []
        while not told or told[-1].relative_name != name:
            told.append(self.queue.get(timeout=LONG_S))
        return told


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def watching(heard: Heard) -> Iterator[Make]:
    watchers: list[Watcher] = []
    threads = set(threading.enumerate())

    def watch(spool: Path, how: Literal["inotify", "polling"] = "inotify") -> Watcher:
        watchers.append(Watcher(spool, how, heard.queue.put, poll_interval_s=0.02))
        return watchers[-1]

    yield watch
    for watcher in watchers:
        watcher.stop()
    assert set(threading.enumerate()) <= threads, "a thread of the watcher was left running"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    folder.mkdir()
    return folder


def test_a_closed_file_is_told_once_and_its_writes_never(spool: Path, watching: Make, heard: Heard) -> None:
    assert watching(spool).check()
    with (spool / "a.wav").open("wb", buffering=0) as file:
        for _ in range(50):
            file.write(b"sound")
        assert heard.queue.empty()
    (spool / "last.wav").touch()
    assert heard.until("last.wav") == [Woken("a.wav", True), Woken("last.wav", True)]


def test_a_file_moved_in_or_renamed_is_told_as_whole(spool: Path, watching: Make, heard: Heard, tmp_path: Path) -> None:
    (tmp_path / "outside.wav").write_bytes(b"sound")
    watching(spool).check()
    (tmp_path / "outside.wav").rename(spool / "in.wav")
    assert heard.until("in.wav") == [Woken("in.wav", True)]
    (spool / "in.wav").rename(spool / "renamed.wav")
    assert heard.until("renamed.wav") == [Woken("renamed.wav", True)]


def test_a_file_moved_out_is_not_told(spool: Path, watching: Make, heard: Heard, tmp_path: Path) -> None:
    (spool / "a.wav").touch()
    watching(spool).check()
    (spool / "a.wav").rename(tmp_path / "a.wav")
    (spool / "last.wav").touch()
    assert heard.until("last.wav") == [Woken("last.wav", True)]


def test_what_comes_after_a_file_that_was_moved_waits_for_nothing(
    spool: Path, watching: Make, heard: Heard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InotifyMoveEventGrouper, "delay", 2 * LONG_S)
    for name in ("out.wav", "taken.wav"):
        (spool / name).touch()
    watching(spool).check()
    (spool / "out.wav").rename(tmp_path / "out.wav")
    (spool / "taken.wav").rename(spool / ".taken")
    (spool / "last.wav").touch()
    assert heard.until("last.wav") == [Woken(".taken", True), Woken("last.wav", True)]


def test_a_new_folder_is_told_and_watched_at_once(spool: Path, watching: Make, heard: Heard) -> None:
    watching(spool).check()
    (spool / "2026").mkdir()
    assert heard.until("2026") == [Woken("2026", False, is_folder=True)]
    (spool / "2026" / "a.wav").touch()
    assert heard.until("2026/a.wav")[-1] == Woken("2026/a.wav", True)


def test_a_folder_moved_in_is_told_as_a_folder(spool: Path, watching: Make, heard: Heard, tmp_path: Path) -> None:
    (tmp_path / "batch").mkdir()
    (tmp_path / "batch" / "a.wav").touch()
    watching(spool).check()
    (tmp_path / "batch").rename(spool / "batch")
    assert heard.until("batch")[0] == Woken("batch", False, is_folder=True)


@pytest.mark.parametrize("name", [b"a\nb.wav", b"\x1b[2J.wav", b"[red]a[red].wav", b"\xff\xfe.wav"])
def test_a_hostile_name_is_told_as_it_is(spool: Path, watching: Make, heard: Heard, name: bytes) -> None:
    watching(spool).check()
    Path(os.fsdecode(os.fsencode(spool) + b"/" + name)).touch()
    assert os.fsencode(heard.until(os.fsdecode(name))[-1].relative_name) == name


def test_polling_tells_new_files_but_not_that_they_are_closed(spool: Path, watching: Make, heard: Heard) -> None:
    assert watching(spool, "polling").check()
    (spool / "a.wav").touch()
    assert heard.until("a.wav") == [Woken("a.wav", False)]


@pytest.mark.parametrize("how", ["inotify", "polling"])
def test_links_to_folders_are_not_watched(spool: Path, watching: Make, heard: Heard, tmp_path: Path, how: str) -> None:
    (tmp_path / "outside").mkdir()
    (spool / "link").symlink_to(tmp_path / "outside")
    watching(spool, how).check()
    (tmp_path / "outside" / "a.wav").touch()
    (spool / "last.wav").touch()
    assert {told.relative_name for told in heard.until("last.wav")} == {"last.wav"}


def test_a_spool_that_is_a_link_itself_is_watched(spool: Path, watching: Make, heard: Heard, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(spool)
    watching(tmp_path / "link").check()
    (spool / "a.wav").touch()
    assert heard.until("a.wav") == [Woken("a.wav", True)]


@pytest.mark.parametrize("how", ["inotify", "polling"])
def test_a_missing_spool_is_trouble_until_it_is_there(tmp_path: Path, watching: Make, heard: Heard, how: str) -> None:
    watcher = watching(tmp_path / "later", how)
    assert watcher.trouble
    assert not watcher.check()
    assert watcher.trouble == "the spool does not exist"
    (tmp_path / "later").mkdir()
    assert watcher.check()
    assert watcher.trouble is None
    assert not watcher.check(), "it is being watched already"
    (tmp_path / "later" / "a.wav").touch()
    heard.until("a.wav")


@pytest.mark.parametrize("how", ["inotify", "polling"])
def test_a_spool_that_went_and_came_back_is_watched_again(spool: Path, watching: Make, heard: Heard, how: str) -> None:
    watcher = watching(spool, how)
    watcher.check()
    spool.rename(spool.with_name("away"))
    assert not watcher.check()
    assert watcher.trouble == "the spool does not exist"
    spool.mkdir()
    assert watcher.check()
    (spool / "a.wav").touch()
    heard.until("a.wav")


def test_a_spool_that_was_replaced_between_two_checks_is_watched_again(
    spool: Path, watching: Make, heard: Heard
) -> None:
    watcher = watching(spool)
    watcher.check()
    spool.rename(spool.with_name("away"))
    spool.mkdir()
    assert watcher.check()
    (spool / "a.wav").touch()
    heard.until("a.wav")


def test_a_spool_that_is_a_file_is_trouble_in_words(tmp_path: Path, watching: Make) -> None:
    (tmp_path / "file").touch()
    watcher = watching(tmp_path / "file")
    assert not watcher.check()
    assert watcher.trouble == "the spool is not a folder"


def test_too_few_watches_are_trouble_in_words(spool: Path, watching: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("agent.intake.inotify.Observer.schedule", refused)
    watcher = watching(spool)
    assert not watcher.check()
    assert "max_user_watches" in (watcher.trouble or "")


def test_a_thousand_folders_are_watched(spool: Path, watching: Make, heard: Heard) -> None:
    for number in range(1000):
        (spool / f"{number:04}").mkdir()
    watching(spool).check()
    (spool / "0999" / "a.wav").touch()
    assert heard.until("0999/a.wav") == [Woken("0999/a.wav", True)]


def test_a_folder_that_is_made_while_its_parent_is_looked_into_is_watched_once(
    spool: Path, watching: Make, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel tells of it, since its parent is watched, and the look into its parent finds it too."""
    watch = inotify_c.inotify_add_watch

    def watch_and_make(descriptor: int, path: bytes, mask: int) -> inotify_c.WatchDescriptor:
        given = watch(descriptor, path, mask)
        if path.endswith(b"/2026"):
            (spool / "2026" / "11").mkdir(exist_ok=True)
        return given

    monkeypatch.setattr(inotify_c, "inotify_add_watch", watch_and_make)
    watching(spool).check()
    (spool / "2026").mkdir()
    heard.until("2026/11")
    (spool / "2026" / "11" / "a.wav").touch()
    heard.until("2026/11/a.wav")
    (spool / "a.wav").touch()
    assert heard.until("a.wav")[-1] == Woken("a.wav", True)


def test_a_folder_that_is_moved_out_and_back_is_watched_on(
    spool: Path, watching: Make, heard: Heard, tmp_path: Path
) -> None:
    (spool / "day").mkdir()
    watching(spool).check()
    (spool / "day").rename(tmp_path / "day")
    (tmp_path / "day").rename(spool / "again")
    heard.until("again")
    (spool / "again" / "a.wav").touch()
    assert heard.until("again/a.wav")[-1] == Woken("again/a.wav", True)


def test_two_folders_that_had_one_name_may_end_and_the_spool_is_watched_on(
    spool: Path, watching: Make, heard: Heard, tmp_path: Path
) -> None:
    (spool / "day").mkdir()
    watcher = watching(spool)
    watcher.check()
    (spool / "day").rename(tmp_path / "day")
    (spool / "day").mkdir()
    heard.until("day")
    (spool / "day").rmdir()
    (tmp_path / "day").rmdir()
    (spool / "a.wav").touch()
    heard.until("a.wav")
    assert not watcher.check(), "it is watched as before"


@pytest.mark.parametrize("thread", ["_Reader.handle_event", "_Emitter.queue_events"])
def test_a_thread_that_fails_ends_names_nothing_and_the_spool_is_watched_again(
    spool: Path,
    watching: Make,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    thread: str,
) -> None:
    def failing(*_arguments: object, **_options: object) -> None:
        raise KeyError("+46701740605")

    watcher = watching(spool)
    with monkeypatch.context() as patched:
        patched.setattr(f"agent.intake.inotify.{thread}", failing)
        watcher.check()
        (spool / "2026").mkdir()
        until(lambda: "KeyError" in caplog.text)
    until(watcher.check)
    (spool / "2026" / "a.wav").touch()
    assert heard.until("2026/a.wav")[-1] == Woken("2026/a.wav", True)
    assert "70174060" not in caplog.text + capfd.readouterr().err
