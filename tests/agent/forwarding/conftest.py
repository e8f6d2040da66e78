"""An installation whose heads and entries go out, and places that take them, hang, or break."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.audit.entry import AGENT, Draft
from agent.audit.note import VerifierKey
from agent.forwarding.delivery import NotDelivered, Patience
from agent.forwarding.outside import Outside
from agent.forwarding.sink import Record
from agent.installation import Installation, create
from agent.settings import Settings
from agent.wire import Outcome
from agent.witness.answering import Listening
from agent.witness.cosigning import Witness
from agent.witness.memory import Memory
from db.queries import log as stored
from tests.agent.clock import Clock
from tests.agent.running import short_folder
from tests.agent.waiting import until

NOW_S = 1_795_435_200

__all__ = ["NotDelivered", "Patience"]


def write(house: Installation, count: int = 1, action: str = "test.happened") -> None:
    for _entry in range(count):
        house.log.record(Draft(AGENT, action, Outcome.ALLOWED))


class Place:
    """A sink in memory that can be told to hang or to fail."""

    def __init__(self) -> None:
        self.taken: list[Record] = []
        self.failing: str | None = None
        self.free = threading.Event()
        self.free.set()
        self.closed = 0

    def send(self, records: Sequence[Record], patience: Patience) -> None:
        self.free.wait()
        if self.failing:
            raise NotDelivered(self.failing)
        self.taken += records

    def close(self) -> None:
        self.closed += 1

    @property
    def lines(self) -> list[bytes]:
        return [record.line for record in self.taken]


WithSettings = Callable[..., Installation]


@pytest.fixture
def with_settings(settings: Settings, clock: Clock) -> Iterator[WithSettings]:
    """Make the installation with more settings."""
    made: list[Installation] = []

    def make(**more: object) -> Installation:
        made.append(create(Settings.model_validate({**settings.model_dump(), **more}), now_ms=clock))
        return made[0]

    yield make
    for house in made:
        house.close()


@contextmanager
def carrying(house: Installation) -> Iterator[Outside]:
    outside = Outside(house)
    outside.start()
    try:
        yield outside
    finally:
        outside.stop()


@pytest.fixture
def witness(tmp_path: Path) -> Memory:
    return Memory.create(tmp_path / "witness", "witness.example/w1")


@contextmanager
def listening(memory: Memory) -> Iterator[Path]:
    """A witness on a Unix socket."""
    with short_folder() as short, Listening(short / "socket", Witness(memory, lambda: NOW_S)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield short / "socket"
        finally:
            server.shutdown()
            thread.join()


def pin(memory: Memory, house: Installation) -> None:
    memory.watch(VerifierKey.read(house.log.signer.verifier.vkey))


def log_size(house: Installation) -> int:
    with house.register.read():
        return stored.size()


def cosigned_size(house: Installation, outside: Outside) -> int | None:
    """Of the first witness."""
    with house.register.read():
        return outside.witness_states()[0].size


def wait_until_cosigned(house: Installation, outside: Outside) -> int:
    size = log_size(house)
    until(lambda: cosigned_size(house, outside) == size)
    return size
