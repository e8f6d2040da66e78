from __future__ import annotations

import pytest

from agent import wire
from agent.audit.entry import AGENT, Draft
from agent.errors import CannotLog, NotPermitted
from agent.services.bodies import instant
from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.wire import Outcome, Role
from db.engine import database
from tests.agent.conftest import People
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, newest


@pytest.fixture
def reviewer(people: People) -> Caller:
    return people.caller(Role.SECURITY)


def test_a_log_that_goes_on_says_how_far_it_is_signed(desk: Desk, reviewer: Caller) -> None:
    state = desk.log_states.state(reviewer)
    assert (state.can_log, state.trouble) == (True, [])
    assert state.size == state.checkpoint_size == len(entries(desk.house))
    assert state.checkpoint_at is not None
    assert (state.verified_whole, state.verified_at) == (None, None)
    assert (state.witnesses, state.odd) == ([], 0)


def test_looking_is_no_entry_and_a_refusal_is(desk: Desk, people: People, reviewer: Caller) -> None:
    adviser = people.caller(Role.ADVISER)
    before = len(entries(desk.house))
    desk.log_states.state(reviewer)
    assert len(entries(desk.house)) == before
    with pytest.raises(NotPermitted):
        desk.log_states.state(adviser)
    assert (newest(desk.house)["action"], newest(desk.house)["outcome"]) == ("audit.read", "refused")


@pytest.mark.parametrize(("outcome", "is_whole"), [(Outcome.ALLOWED, True), (Outcome.FAILED, False)])
def test_the_newest_check_counts(outcome: Outcome, is_whole: bool, desk: Desk, reviewer: Caller) -> None:
    other = Outcome.FAILED if is_whole else Outcome.ALLOWED
    desk.house.log.record(Draft(AGENT, "log.verify", other, detail={"size": 1, "findings": 0}))
    desk.house.log.record(Draft(AGENT, "log.verify", outcome, detail={"size": 42, "findings": 0}))
    desk.house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED))
    state = desk.log_states.state(reviewer)
    assert (state.verified_size, state.verified_whole) == (42, is_whole)
    assert state.verified_at is not None


def test_a_check_whose_entry_is_broken_is_none_that_found_everything_whole(desk: Desk, reviewer: Caller) -> None:
    desk.house.log.record(Draft(AGENT, "log.verify", Outcome.ALLOWED, detail={"size": 42}))
    desk.house.register.write(
        lambda: database.execute_sql("UPDATE entry SET leaf = x'7b7d' WHERE action = 'log.verify'")
    )
    assert desk.log_states.state(reviewer).verified_whole is False


def test_a_log_that_cannot_be_written_says_so_and_why(desk: Desk, reviewer: Caller) -> None:
    with unwritable(desk.house):
        with pytest.raises(CannotLog):
            desk.house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED))
        state = desk.log_states.state(reviewer)
    assert not state.can_log
    assert state.trouble


def test_what_is_odd_is_counted_until_it_is_acknowledged(desk: Desk, people: People, reviewer: Caller) -> None:
    people.asking(Role.MAINTENANCE)
    assert desk.log_states.state(reviewer).odd == 1
    (finding,) = desk.odd.findings(reviewer, acknowledged=False).items
    desk.odd.acknowledge(reviewer, finding.id, "it is being renewed")
    assert desk.log_states.state(reviewer).odd == 0


def test_witnesses_and_the_sentry_say_themselves_how_they_are(desk: Desk, reviewer: Caller) -> None:
    witness = wire.WitnessState(name="example.org/witness", size=3, at=instant(0))
    sentry = wire.SentryState(seeing="attributed", since=instant(0))
    desk.guards.witnesses, desk.guards.sentry = lambda: [witness], lambda: sentry
    state = desk.log_states.state(reviewer)
    assert (state.witnesses, state.sentry) == ([witness], sentry)
