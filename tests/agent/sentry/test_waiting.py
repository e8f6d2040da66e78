"""Opens that wait, and how long."""

from __future__ import annotations

from agent.sentry.waiting import Open, Waiting


def _waiting(*opens: Open) -> Waiting:
    waiting = Waiting()
    for one in opens:
        waiting.add(one)
    return waiting


FIRST, SECOND = Open(1, 11, 1000), Open(2, 12, 1100)


def test_opens_go_on_when_their_reports_are_durable() -> None:
    waiting = _waiting(FIRST, SECOND)
    assert waiting.entered(1, set()) == ([FIRST], [])
    assert waiting.next_deadline_ms == 1100
    assert not waiting.is_behind


def test_an_open_goes_on_at_its_deadline_and_those_after_it_do_not_wait() -> None:
    waiting = _waiting(FIRST, SECOND)
    assert waiting.overdue(999) == []
    assert waiting.overdue(1000) == [FIRST]
    assert waiting.is_behind


def test_an_entry_that_says_in_time_of_an_open_that_had_gone_on_is_corrected() -> None:
    waiting = _waiting(FIRST, SECOND)
    waiting.overdue(1100)
    assert waiting.entered(2, {2}) == ([], [1])


def test_once_the_agent_has_caught_up_opens_wait_again() -> None:
    waiting = _waiting(FIRST, SECOND)
    waiting.overdue(1100)
    waiting.entered(1, {1})
    assert waiting.is_behind
    waiting.entered(2, {2})
    assert not waiting.is_behind


def test_when_the_agent_goes_every_open_goes_on() -> None:
    waiting = _waiting(FIRST, SECOND)
    assert waiting.give_up() == [FIRST, SECOND]
    assert waiting.next_deadline_ms is None
    assert waiting.entered(2, set())[1] == [1, 2]
