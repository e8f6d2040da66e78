"""The agent's end of the connection: what comes is entered, then acknowledged, once."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.direct_opens.post import Post
from agent.installation import Installation
from agent.sentry.protocol import Frames, Message, frame
from db.queries import log_words
from tests.agent.direct_opens.told import CANARY, NEXT_RUN, RUN, hello, opened
from tests.agent.log_reading import entries
from tests.agent.running import short_folder
from tests.agent.waiting import until


@pytest.fixture
def post(house: Installation) -> Iterator[Post]:
    with short_folder() as folder:
        made = Post(folder / "sentry", frozenset({os.geteuid()}), house.register, house.log, lambda: None)
        made.start()
        yield made
        made.stop()


class Told:
    """A sentry, as far as it talks."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._frames = Frames()
        self._heard: list[Message] = []

    def say(self, *messages: dict[str, Any]) -> None:
        self._socket.sendall(b"".join(map(frame, messages)))

    def hear(self) -> Message:
        while not self._heard:
            part = self._socket.recv(65_536)
            assert part, "the agent has closed the connection"
            self._heard += self._frames.received(part)
        return self._heard.pop(0)

    def is_cut_off(self) -> bool:
        return self._socket.recv(1) == b""

    def close(self) -> None:
        self._socket.close()


@contextmanager
def _told(post: Post) -> Iterator[Told]:
    made = Told(post._path)
    try:
        yield made
    finally:
        made.close()


def _of(house: Installation, *actions: str) -> list[dict[str, Any]]:
    return [entry for entry in entries(house) if entry["action"] in actions]


def test_a_report_is_entered_before_it_is_acknowledged(post: Post, house: Installation) -> None:
    with _told(post) as told:
        told.say(hello())
        assert told.hear() == {"kind": "welcome", "v": 1, "durable": 0, "previous_durable": 0}
        told.say(opened(1), opened(2, outcome="refused", by_ms=0))
        acknowledged = 0
        while acknowledged < 2:
            acknowledged = told.hear()["n"]
        assert [entry["outcome"] for entry in _of(house, "file.open")] == ["allowed", "refused"]


def test_an_open_past_its_deadline_is_entered_as_late_and_the_sentry_is_told(post: Post, house: Installation) -> None:
    with _told(post) as told:
        told.say(hello())
        told.hear()
        told.say(opened(1, by_ms=1))
        assert told.hear() == {"kind": "ack", "n": 1, "late": [1]}
        assert _of(house, "file.open")[0]["detail"]["late"] == 1


def test_a_sentry_that_comes_again_is_told_what_is_durable(post: Post, house: Installation) -> None:
    with _told(post) as told:
        told.say(hello())
        told.hear()
        told.say(opened(1), opened(2))
        until(lambda: len(_of(house, "file.open")) == 2)
    until(lambda: _of(house, "sentry.stop"))
    with _told(post) as told:
        told.say(hello())
        assert told.hear()["durable"] == 2
    until(lambda: len(_of(house, "sentry.stop")) == 2)
    with _told(post) as told:
        told.say(hello(NEXT_RUN, previous={"run": RUN, "alive_ms": 5, "has_left": False}))
        assert told.hear() == {"kind": "welcome", "v": 1, "durable": 0, "previous_durable": 2}


def test_between_two_runs_there_is_a_gap_from_the_first_ones_death(post: Post, house: Installation) -> None:
    with _told(post) as told:
        told.say(hello())
        told.hear()
    [stop] = until(lambda: _of(house, "sentry.stop"))
    since_ms = stop["at_ms"] + 60_000
    with _told(post) as told:
        told.say(hello(NEXT_RUN, since_ms=since_ms, previous={"run": RUN, "alive_ms": since_ms, "has_left": False}))
        told.hear()
    [gap] = _of(house, "sentry.gap")
    assert stop["outcome"] == "failed"
    assert gap["detail"]["since"] == stop["at"]
    assert gap["detail"]["why"] == "the sentry died"


def test_a_sentry_that_leaves_in_words_was_stopped_and_that_is_a_gap_too(post: Post, house: Installation) -> None:
    with _told(post) as told:
        told.say(hello())
        told.hear()
        told.say({"kind": "bye"})
        [stop] = until(lambda: _of(house, "sentry.stop"))
    assert stop["outcome"] == "allowed"
    with _told(post) as told:
        told.say(hello(NEXT_RUN, since_ms=stop["at_ms"] + 5))
        told.hear()
    assert _of(house, "sentry.gap")[0]["detail"]["why"] == "the sentry was stopped"


def test_a_report_that_cannot_be_understood_is_a_gap_and_holds_up_no_other(post: Post, house: Installation) -> None:
    with _told(post) as told:
        told.say(hello())
        told.hear()
        told.say({"kind": "report", "n": 1, "what": CANARY}, opened(2))
        while told.hear()["n"] < 2:
            pass
    assert _of(house, "sentry.gap")[0]["detail"]["lost"] == 1
    assert len(_of(house, "file.open")) == 1
    assert CANARY not in str(entries(house))


@pytest.mark.parametrize(
    "first",
    [
        {"kind": "report", "n": 1},
        hello(v=2),
        hello(run="../../x"),
        {"kind": "hello"},
    ],
    ids=["no greeting", "another version", "no run", "nothing"],
)
def test_who_does_not_greet_is_cut_off_and_nothing_is_entered(
    post: Post, house: Installation, first: dict[str, Any]
) -> None:
    with _told(post) as told:
        told.say(first)
        assert told.is_cut_off()
    assert entries(house) == []


def test_another_os_user_is_not_listened_to(house: Installation) -> None:
    with short_folder() as folder:
        post = Post(folder / "sentry", frozenset({os.geteuid() + 1}), house.register, house.log, lambda: None)
        post.start()
        try:
            with _told(post) as told:
                assert told.is_cut_off()
        finally:
            post.stop()
    assert entries(house) == []


def test_while_the_log_cannot_be_written_nothing_is_acknowledged_and_then_it_is(
    post: Post, house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db.engine import RegisterUnwritable

    with _told(post) as told:
        told.say(hello())
        told.hear()
        is_full = [True]
        append = house.log.append

        def full(draft: Any) -> int:
            if is_full[0]:
                raise RegisterUnwritable("disk full")
            return append(draft)

        monkeypatch.setattr(house.log, "append", full)
        told.say(opened(1))
        until(lambda: post.trouble)
        is_full[0] = False
        assert told.hear()["n"] == 1
    assert post.trouble is None
    assert len(_of(house, "file.open")) == 1


def test_the_words_of_a_command_line_can_be_read_until_they_are_forgotten(post: Post, house: Installation) -> None:
    with _told(post) as told:
        told.say(hello())
        told.hear()
        told.say(opened(1))
        told.hear()
    [entry] = _of(house, "file.open")
    with house.register.read():
        assert CANARY in log_words.behind([entry["reason"]])[entry["reason"]]
    house.register.write(lambda: log_words.forget_before(log_words.OPENER, house.now_ms() + 1))
    with house.register.read():
        assert log_words.behind([entry["reason"]]) == {}
