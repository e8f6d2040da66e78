from __future__ import annotations

import dataclasses
import json
import re
from datetime import UTC, datetime
from pathlib import PurePath
from zoneinfo import ZoneInfo

import pytest

from agent.demo.encodings import Encoding
from agent.demo.freepbx import recording_path, sidecar
from agent.demo.plan import CallPlan, backlog
from agent.demo.world import ADVISERS
from agent.wire import Direction

DIRECT = CallPlan(
    started_at=datetime(2026, 11, 23, 14, 5, tzinfo=UTC),
    duration_s=42.0,
    adviser=ADVISERS[0],
    service="Vatten",
    direction=Direction.IN,
    number="+46701740612",
    queue=None,
    waited_s=2,
    language="sv",
    topic="outage",
    caller_pitch=1.0,
    encoding=Encoding.ALAW_STEREO,
    sequence=12,
    seed=1,
)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "in-3201-0046701740612-20261123-160500-1795442698.12.wav"),
        ({"number": None}, "in-3201-anonymous-20261123-160500-1795442698.12.wav"),
        ({"queue": "600", "waited_s": 60}, "q-600-0046701740612-20261123-160500-1795442640.12.wav"),
        ({"direction": Direction.OUT}, "out-0046701740612-3201-20261123-160500-1795442698.12.wav"),
        ({"encoding": Encoding.GSM_MIXED}, "in-3201-0046701740612-20261123-160500-1795442698.12.WAV"),
    ],
)
def test_a_recording_is_named_as_freepbx_names_it(changes: dict[str, object], name: str) -> None:
    plan = dataclasses.replace(DIRECT, **changes)  # type: ignore[arg-type]  # each value fits its field
    assert recording_path(plan) == PurePath("2026/11/23", name)


def test_the_folder_is_of_the_local_day() -> None:
    after_midnight = dataclasses.replace(DIRECT, started_at=datetime(2026, 11, 23, 22, 30, tzinfo=UTC))
    assert recording_path(after_midnight).parent == PurePath("2026/11/24")


def test_only_a_call_through_a_queue_leaves_a_sidecar_which_names_the_extension() -> None:
    said = sidecar(dataclasses.replace(DIRECT, queue="600"))
    assert said is not None
    assert json.loads(said)["agent"] == "3201"
    assert sidecar(DIRECT) is None


def test_the_hour_that_comes_twice_in_october_is_told_apart_by_the_uniqueid() -> None:
    first, second = (
        dataclasses.replace(DIRECT, started_at=datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in (0, 1)
    )
    names = [recording_path(plan).name for plan in (first, second)]
    assert [name.split("-")[4] for name in names] == ["033000", "033000"]
    assert len(set(names)) == 2


def test_names_read_back_from_the_right_give_the_plan() -> None:
    for plan in backlog(300, datetime(2026, 11, 24, 4, 0, tzinfo=UTC)):
        path = recording_path(plan)
        ends, day, clock, uniqueid = path.stem.rsplit("-", 3)
        kind, destination, origin = ends.split("-", 2)
        extension, number = (origin, destination) if kind == "out" else (destination, origin)
        local = datetime.strptime(day + clock, "%Y%m%d%H%M%S").replace(tzinfo=ZoneInfo("Europe/Helsinki"))
        epoch, sequence = uniqueid.split(".")

        assert local.astimezone(UTC) == plan.started_at
        assert int(epoch) == plan.started_at.timestamp() - plan.waited_s
        assert int(sequence) == plan.sequence
        assert number == (plan.number.replace("+", "00") if plan.number else "anonymous")
        assert extension == (plan.queue or plan.adviser.extension)
        assert {"in": "in", "q": "in", "out": "out"}[kind] == plan.direction
        assert re.fullmatch(r"\d{4}/\d\d/\d\d", str(path.parent))


def test_no_two_calls_share_a_name() -> None:
    plans = backlog(3000, datetime(2026, 11, 24, 4, 0, tzinfo=UTC))
    assert len({recording_path(plan) for plan in plans}) == len(plans)
