from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from agent.demo.encodings import Encoding
from agent.demo.office_hours import is_office_hour
from agent.demo.plan import LONGEST_ARRIVING_S, LONGEST_S, SHORTEST_S, CallPlan, arriving, backlog
from agent.demo.world import EMERGENCY, QUEUES, customers
from agent.wire import Direction

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PLANS = backlog(2000, NOW, seed=5)


def share(plans: list[CallPlan]) -> float:
    return len(plans) / len(PLANS)


def test_the_same_seed_and_moment_give_the_same_backlog() -> None:
    assert backlog(50, NOW, seed=5) == backlog(50, NOW, seed=5) != backlog(50, NOW, seed=6)


def test_a_backlog_has_as_many_calls_as_asked_for_oldest_first() -> None:
    assert len(PLANS) == 2000
    assert all(before.started_at <= after.started_at for before, after in pairwise(PLANS))


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(hours=5), NOW - timedelta(days=2)])
def test_every_call_of_a_backlog_lies_in_the_last_thirty_days_and_is_over(now: datetime) -> None:
    plans = backlog(200, now)
    assert all(now - timedelta(days=30) <= plan.started_at and plan.ended_at <= now for plan in plans)


def test_only_the_emergency_service_takes_calls_outside_office_hours() -> None:
    assert all(is_office_hour(plan.started_at) == (plan.service != EMERGENCY) for plan in PLANS)
    assert 0.03 < share([plan for plan in PLANS if plan.service == EMERGENCY]) < 0.07


def test_about_a_quarter_goes_out_and_none_of_it_is_withheld() -> None:
    outbound = [plan for plan in PLANS if plan.direction is Direction.OUT]
    assert 0.2 < share(outbound) < 0.3
    assert all(plan.number and plan.queue is None for plan in outbound)


def test_about_one_in_twelve_withholds_the_number() -> None:
    assert 0.06 < share([plan for plan in PLANS if plan.number is None]) < 0.1


def test_at_least_150_customers_appear_and_some_call_often() -> None:
    calls = Counter(plan.number for plan in PLANS if plan.number)
    assert len(calls) >= 150
    assert calls.keys() <= {customer.number for customer in customers()}
    assert calls.most_common(1)[0][1] >= 3 * min(calls.values())


def test_lengths_are_those_of_a_customer_service_and_whole_blocks_of_gsm() -> None:
    lengths_s = sorted(plan.duration_s for plan in PLANS)
    assert SHORTEST_S <= lengths_s[0] <= lengths_s[-1] <= LONGEST_S
    assert 35 < lengths_s[1000] < 65 < lengths_s[1800]
    assert all(round(length_s * 8000) % 640 == 0 for length_s in lengths_s)


def test_a_call_through_a_queue_is_of_the_queues_service_and_taken_by_somebody_of_it() -> None:
    queued = [plan for plan in PLANS if plan.queue]
    assert queued
    assert all(plan.service == QUEUES[plan.queue or ""] and plan.queue in plan.adviser.queues for plan in queued)


def test_a_call_straight_to_an_extension_is_of_its_advisers_service() -> None:
    assert all(plan.service == plan.adviser.service for plan in PLANS if plan.queue is None)


def test_hardly_any_adviser_takes_two_calls_at_once() -> None:
    plans = backlog(400, NOW)
    by_adviser = [[plan for plan in plans if plan.adviser == adviser] for adviser in {p.adviser for p in plans}]
    clashes = sum(after.started_at < before.ended_at for own in by_adviser for before, after in pairwise(own))
    assert clashes <= 2


def test_most_are_kept_in_stereo_and_the_other_encodings_appear() -> None:
    kept = Counter(plan.encoding for plan in PLANS)
    assert kept[Encoding.ALAW_STEREO] > 0.75 * len(PLANS)
    assert min(kept[encoding] for encoding in Encoding) > 0.05 * len(PLANS)


def test_an_arriving_call_is_short_and_over_when_asked_for() -> None:
    lot = random.Random(1)
    for sequence in range(200):
        plan = arriving(NOW, sequence, lot)
        assert NOW - timedelta(seconds=1) < plan.ended_at <= NOW
        assert plan.duration_s <= LONGEST_ARRIVING_S
        assert plan.sequence == sequence
