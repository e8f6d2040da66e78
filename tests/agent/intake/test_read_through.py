"""A spool that is read through a part at a time, and what happens in it between two parts."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.installation import Installation
from agent.intake import read_through as reading
from agent.intake.in_place_watch import InPlaceWatch
from agent.intake.late import LateSidecars
from agent.intake.left import Left
from agent.intake.pipeline import Pipeline
from agent.intake.read_through import read_through
from agent.intake.scan import Found, Role, scan
from agent.intake.sidecar_watch import SidecarWatch
from agent.intake.silence import Silence
from agent.intake.spool import Spool
from agent.intake.watcher import Watcher
from agent.settings import Settings
from tests.agent.calls import put, sound
from tests.agent.clock import Clock
from tests.agent.intake.taking import spool, take
from tests.agent.intake.test_loop import NAME, started_with, with_source
from tests.agent.log_reading import entries
from tests.agent.waiting import until


@pytest.fixture(autouse=True)
def parts_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PART_S", 0.0)


class Reading:
    """One spool, and how it is read through."""

    def __init__(self, house: Installation) -> None:
        [source] = house.settings.source
        pipeline = Pipeline(house)
        self.left = Left(house, pipeline.quarantine)
        late = LateSidecars(house, pipeline.leaving, pipeline.calls)
        self.spool = Spool(
            source,
            Watcher(source.spool, source.watch, lambda _woken: None),
            SidecarWatch(source, late, self.left, 1.0),
            Silence(house, source),
            pipeline.calls,
            InPlaceWatch(house, source) if source.mode == "in-place" else None,
        )

    def parts(self) -> Iterator[None]:
        return read_through(self.spool, self.left, threading.Lock())

    def whole(self) -> None:
        for _part in self.parts():
            pass


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    return with_source(settings, mode=getattr(request, "param", "sealed"))


in_place = pytest.mark.parametrize("settings", ["in-place"], indirect=True)


def test_a_spool_that_takes_long_to_read_holds_up_no_other(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no end before a file of another spool, which comes meanwhile, is taken in."""
    [live] = settings.source
    archive = live.model_copy(update={"name": "archive", "spool": settings.state_dir.parent / "a", "mode": "in-place"})
    archive.spool.mkdir()
    is_taken_in = threading.Event()

    def endless(spool_fd: int) -> Iterator[Found]:
        while os.fstat(spool_fd).st_ino == archive.spool.stat().st_ino and not is_taken_in.is_set():
            yield Found("a", Role.LEFT_ALONE)
        yield from scan(spool_fd)

    monkeypatch.setattr(reading, "scan", endless)
    with started_with(settings.model_copy(update={"source": [archive, live]}), clock) as made:
        until(lambda: made.loop.status()[1].trouble is None)
        put(live.spool, NAME.format(1), sound())
        until(lambda: made.names() == [NAME.format(1)])
        assert made.loop.status()[0].left_alone == 0, "it is still being read"
        is_taken_in.set()
        until(lambda: made.loop.status()[0].left_alone > 0)


def test_what_is_heard_of_where_the_reading_has_been_is_waited_for_on(house: Installation) -> None:
    read = Reading(house)
    for number in range(3):
        put(read.spool.source.spool, NAME.format(number), b"")
    parts = read.parts()
    next(parts)
    for name in (NAME.format(9), NAME.format(9) + ".json"):
        put(read.spool.source.spool, "new/" + name, b"")
        read.spool.heard("new/" + name)
    read.spool.wait_for("new/" + NAME.format(9), is_closed=True)
    read.spool.sidecars.heard("new/" + NAME.format(9) + ".json")
    list(parts)
    assert "new/" + NAME.format(9) in read.spool.waiting
    assert read.spool.sidecars.due_s() is not None
    assert len(read.spool.waiting) == 4


def test_what_is_there_no_longer_is_waited_for_no_longer(house: Installation) -> None:
    read = Reading(house)
    files = [put(read.spool.source.spool, NAME.format(1) + ending, b"") for ending in ("", ".json")]
    read.whole()
    for file in files:
        file.unlink()
    read.whole()
    assert read.spool.waiting == {}
    assert read.spool.sidecars.due_s() is None


def told(house: Installation) -> list[str]:
    return [entry["action"] for entry in entries(house) if entry["action"] != "agent.start"]


@pytest.fixture
def kept(house: Installation, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording that is taken in, in place, and counts as gone when it is missed."""
    monkeypatch.setattr("agent.intake.in_place_watch.MISSED_QUIETS", 0.0)
    monkeypatch.setattr("agent.intake.in_place_watch.REST", 0)
    take(house, NAME.format(1), sound())
    put(spool(house), "other.txt", b"")
    return spool(house) / NAME.format(1)


@in_place
def test_a_reading_that_does_not_come_to_its_end_misses_nothing(house: Installation, kept: Path) -> None:
    read = Reading(house)
    kept.unlink()
    for _part in read.parts():
        break
    assert told(house) == ["contact.take_in"]
    read.whole()
    assert told(house) == ["contact.take_in", "source.vanished"]


@in_place
def test_a_file_that_comes_back_where_the_reading_has_been_is_not_missed(house: Installation, kept: Path) -> None:
    read = Reading(house)
    elsewhere = kept.rename(kept.parent.parent / "elsewhere")
    for number, _part in enumerate(read.parts()):
        if number == 1:  # what is known was read, and the folder too
            elsewhere.rename(kept)
            read.spool.heard(kept.name)
    assert kept.exists()
    assert told(house) == ["contact.take_in"]
