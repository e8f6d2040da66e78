from __future__ import annotations

import pytest

from agent.services.retries import REMEMBERED, RETRIES, RETRY_S, Retries


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def retries(clock: Clock) -> Retries:
    return Retries(clock)


def test_only_what_was_noted_is_covered(retries: Retries) -> None:
    assert not retries.is_covered("a")
    retries.note("a")
    assert retries.is_covered("a")
    assert not retries.is_covered("b")


def test_an_entry_stands_for_a_few_repetitions_and_not_for_ever(retries: Retries) -> None:
    retries.note("a")
    assert [retries.is_covered("a") for _time in range(RETRIES + 2)] == [True] * RETRIES + [False] * 2
    retries.note("a")
    assert retries.is_covered("a")


def test_after_a_while_it_is_a_new_request(retries: Retries, clock: Clock) -> None:
    retries.note("a")
    clock.now_s += RETRY_S
    assert retries.is_covered("a")
    clock.now_s += 0.1
    assert not retries.is_covered("a")


def test_only_so_many_are_remembered_the_oldest_go(retries: Retries) -> None:
    for number in range(REMEMBERED + 1):
        retries.note(number)
    assert not retries.is_covered(0)
    assert retries.is_covered(1)
    assert retries.is_covered(REMEMBERED)
