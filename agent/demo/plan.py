"""The calls that the demo will have had: a backlog over the last weeks, and those that arrive while it runs.

It owns what calls there are: through which queue or to whom, how long, about what, who is called back, who
withholds their number. When they come, see `agent.demo.office_hours`. It makes no sound and writes no file.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agent.demo.encodings import Encoding
from agent.demo.office_hours import moment_in_office_hours, moment_out_of_hours
from agent.demo.utterances import topics
from agent.demo.world import ADVISERS, EMERGENCY, QUEUES, TOPICS, Adviser, Customer, customers
from agent.wire import Direction

BACKLOG_DAYS = 30
EMERGENCIES = 0.05
OUTBOUND = 0.25
WITHHELD = 0.08
THROUGH_A_QUEUE = 0.7
SHORTEST_S, LONGEST_S = 10.0, 480.0
LONGEST_ARRIVING_S = 90.0
"""A call that arrives while the demo runs is short: it shall stand near the top of a list, newest first."""

_MEDIAN_S, _SPREAD = 50.0, 0.8
"""Lengths are lognormal, as they are in customer services; shorter than there, for the sake of the disk."""
_STEP_S = 0.08
"""Lengths are pairs of GSM 6.10 blocks (65 bytes, 320 samples): exact in every encoding, without padding."""


@dataclass(frozen=True)
class CallPlan:
    """One call, as it will have been when its recording is closed."""

    started_at: datetime
    """When the adviser answered, UTC, whole seconds."""
    duration_s: float
    adviser: Adviser
    service: str
    direction: Direction
    number: str | None
    """The customer's, E.164; None when withheld."""
    queue: str | None
    """The queue that the call came through; None when it went straight to an extension, and for outbound."""
    waited_s: int
    """How long the telephone rang or the queue lasted before."""
    language: str
    topic: str
    caller_pitch: float
    encoding: Encoding
    sequence: int
    """Tells calls of the same second apart."""
    seed: int

    @property
    def ended_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.duration_s)


def backlog(contacts: int, now: datetime, seed: int = 0) -> list[CallPlan]:
    """Plan the calls of the last `BACKLOG_DAYS` days, all over by now, oldest first.

    Args:
        contacts: How many.
        now: With its zone.
        seed: The same seed and moment give the same calls.
    """
    lot = random.Random(seed)
    moments = sorted((_past_moment(lot, now) for _ in range(contacts)), key=lambda moment: moment[0])
    busy_until: dict[str, datetime] = {}
    planned = []
    for sequence, (started_at, duration_s, is_emergency) in enumerate(moments, start=1):
        direction, queue = _way(lot, is_emergency)
        able = _able(queue)
        free = [adviser for adviser in able if busy_until.get(adviser.extension, started_at) <= started_at]
        plan = _planned(lot, started_at, duration_s, lot.choice(free or able), direction, queue, sequence)
        busy_until[plan.adviser.extension] = plan.ended_at
        planned.append(plan)
    return planned


def arriving(ends_at: datetime, sequence: int, lot: random.Random) -> CallPlan:
    """Plan a call whose recording is closed at this moment, outside office hours too: there is always one."""
    duration_s = _duration_s(lot, LONGEST_ARRIVING_S)
    direction, queue = _way(lot, is_emergency=False)
    started_at = (ends_at.astimezone(UTC) - timedelta(seconds=duration_s)).replace(microsecond=0)
    return _planned(lot, started_at, duration_s, lot.choice(_able(queue)), direction, queue, sequence)


def _past_moment(lot: random.Random, now: datetime) -> tuple[datetime, float, bool]:
    """Draw start, length and whether it is an emergency until the call falls wholly into the window."""
    now = now.astimezone(UTC)
    earliest_at = now - timedelta(days=BACKLOG_DAYS)
    duration_s = _duration_s(lot, LONGEST_S)
    is_emergency = lot.random() < EMERGENCIES
    draw = moment_out_of_hours if is_emergency else moment_in_office_hours
    while True:
        started_at = draw(lot, now, BACKLOG_DAYS)
        if earliest_at <= started_at <= now - timedelta(seconds=duration_s):
            return started_at, duration_s, is_emergency


def _duration_s(lot: random.Random, longest_s: float) -> float:
    while True:
        drawn_s = round(round(lot.lognormvariate(math.log(_MEDIAN_S), _SPREAD) / _STEP_S) * _STEP_S, 2)
        if SHORTEST_S <= drawn_s <= longest_s:
            return drawn_s


def _way(lot: random.Random, is_emergency: bool) -> tuple[Direction, str | None]:
    """Draw how a call comes about: outbound, through a queue or directly to an extension."""
    if is_emergency:
        return Direction.IN, next(queue for queue, service in QUEUES.items() if service == EMERGENCY)
    if lot.random() < OUTBOUND:
        return Direction.OUT, None
    if lot.random() < THROUGH_A_QUEUE:
        return Direction.IN, lot.choice([queue for queue, service in QUEUES.items() if service != EMERGENCY])
    return Direction.IN, None


def _able(queue: str | None) -> list[Adviser]:
    """Name the advisers who take a queue's calls; without a queue, those who work in the office."""
    if queue is None:
        return [adviser for adviser in ADVISERS if adviser.service != EMERGENCY]
    return [adviser for adviser in ADVISERS if queue in adviser.queues]


def _planned(
    lot: random.Random,
    started_at: datetime,
    duration_s: float,
    adviser: Adviser,
    direction: Direction,
    queue: str | None,
    sequence: int,
) -> CallPlan:
    service = QUEUES[queue] if queue else adviser.service
    customer = _customer(lot)
    is_withheld = direction is Direction.IN and lot.random() < WITHHELD / (1 - OUTBOUND)
    spoken_topics = topics(customer.language)
    return CallPlan(
        started_at=started_at,
        duration_s=duration_s,
        adviser=adviser,
        service=service,
        direction=direction,
        number=None if is_withheld else customer.number,
        queue=queue,
        waited_s=lot.randint(5, 120) if queue else lot.randint(2, 20),
        language=customer.language,
        topic=lot.choice([topic for topic in TOPICS[service] if topic in spoken_topics]),
        caller_pitch=customer.pitch,
        encoding=_encoding(lot),
        sequence=sequence,
        seed=lot.getrandbits(32),
    )


def _customer(lot: random.Random) -> Customer:
    """Draw a customer; some call often."""
    [customer] = lot.choices(customers(), [1 / (rank + 40) for rank in range(len(customers()))])
    return customer


def _encoding(lot: random.Random) -> Encoding:
    [encoding] = lot.choices([Encoding.ALAW_STEREO, Encoding.PCM_MIXED, Encoding.GSM_MIXED], [10, 1, 1])
    return encoding
