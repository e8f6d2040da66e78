"""A delivery wakes, waits longer each time it fails, goes on, and ends when the agent does."""

from __future__ import annotations

import re
import threading
import time

import pytest

from agent.forwarding import delivery
from agent.forwarding.delivery import Delivery, NotDelivered, Patience
from db.engine import RegisterUnreadable
from tests.agent.waiting import until


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(delivery, "LEAVE_S", 0.3)


class Carrying:
    def __init__(self) -> None:
        self.times = 0
        self.more = 0
        self.raising: Exception | None = None
        self.free = threading.Event()
        self.free.set()

    def __call__(self, patience: Patience) -> bool:
        self.times += 1
        self.free.wait()
        if self.raising is not None:
            raise self.raising
        self.more -= 1
        return self.more > 0


@pytest.fixture
def carrying() -> Carrying:
    return Carrying()


def started(carrying: Carrying, **more: float) -> Delivery:
    made = Delivery("there", carrying, timeout_s=more.get("timeout_s", 1), interval_s=more.get("interval_s", 0.01))
    made.start()
    return made


def ended(running: Delivery) -> None:
    running.leave()
    running.join()


def test_it_carries_until_there_is_no_more(carrying: Carrying) -> None:
    carrying.more = 5
    running = started(carrying)
    until(lambda: carrying.times == 5)
    ended(running)


def test_many_wakes_are_one_delivery(carrying: Carrying) -> None:
    running = started(carrying, interval_s=0.3)
    until(lambda: carrying.times == 1)
    for _wake in range(1000):
        running.wake()
    until(lambda: carrying.times == 2)
    ended(running)
    assert carrying.times == 3, "the last one is that of leaving"


@pytest.mark.parametrize(
    ("raising", "said"),
    [
        (NotDelivered("the disk is full"), "the disk is full"),
        (RegisterUnreadable("malformed"), "malformed"),
        (KeyError("0401234567"), r"a mistake in the agent \(KeyError\)$"),
    ],
)
def test_it_says_why_it_fails_tries_again_and_forgets_once_it_goes(
    carrying: Carrying, raising: Exception, said: str
) -> None:
    carrying.raising = raising
    running = started(carrying)
    assert re.search(said, until(lambda: running.trouble) or "")
    until(lambda: carrying.times > 4)
    carrying.raising = None
    until(lambda: running.trouble is None)
    ended(running)


def test_it_waits_longer_each_time(carrying: Carrying) -> None:
    carrying.raising = NotDelivered("no")
    running = started(carrying)
    began_s = time.monotonic()
    until(lambda: carrying.times >= 7)
    assert time.monotonic() - began_s > 0.01 * (1 + 2 + 4 + 8 + 16)
    ended(running)


def test_one_that_hangs_is_trouble_and_is_left_behind(carrying: Carrying) -> None:
    carrying.free.clear()
    running = started(carrying, timeout_s=0.01)
    assert "has not come to an end" in (until(lambda: running.trouble) or "")
    began_s = time.monotonic()
    ended(running)
    assert time.monotonic() - began_s < 5
    carrying.free.set()


def test_what_came_just_before_the_end_is_still_delivered(carrying: Carrying) -> None:
    running = started(carrying, interval_s=3600)
    until(lambda: carrying.times == 1)
    running.wake()
    ended(running)
    assert carrying.times == 2


def test_patience_ends_with_the_agent() -> None:
    leave_at_s = [None]
    patience = Patience(60, lambda: leave_at_s[0])
    assert patience.left_s() > 59
    leave_at_s[0] = time.monotonic()  # type: ignore[call-overload]
    with pytest.raises(NotDelivered):
        patience.left_s()


def test_patience_begins_anew_with_what_got_on() -> None:
    patience = Patience(0.05)
    for _time in range(5):
        time.sleep(0.02)
        patience.got_on()
    patience.left_s()
    time.sleep(0.06)
    with pytest.raises(NotDelivered):
        patience.left_s()
