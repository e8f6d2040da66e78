"""Whatever fails on the way of an entry to the disk: what was confirmed is in the log, and the log is whole."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from agent.audit.entry import AGENT, Draft
from agent.errors import EarwitnessError
from agent.wire import Outcome
from db.engine import RegisterError
from tests.agent.log_reading import entries
from tests.agent.stored import findings
from tests.faults.disk_states import disk_states, every
from tests.faults.forked import Forking
from tests.faults.house import Template, made_empty, opened, settings_in
from tests.faults.injected import Fault, each, faults, forks_of, injected
from tests.faults.scenarios.appending import ENTRIES
from tests.faults.traced import traced
from tests.system_programs import needs

pytestmark = needs("strace")

EARLIER = 5
ALL = [f"entry-{number}" for number in range(ENTRIES)]
one_at_a_time = threading.Lock()
"""A process has one register open."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """An installation with some entries, closed."""
    template = made_empty(tmp_path_factory.mktemp("template") / "house")
    with opened(settings_in(template.folder)) as house:
        for number in range(EARLIER):
            house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED, target=f"earlier-{number}"))
    return template


def complaint(folder: Path, confirmed: list[str]) -> str | None:
    """What is not as it should be after a restart."""
    try:
        return _complaint(folder, confirmed)
    except (EarwitnessError, RegisterError) as error:
        return f"does not start again: {error}"


def _complaint(folder: Path, confirmed: list[str]) -> str | None:
    with opened(settings_in(folder)) as house:
        broken = findings(house)
        if broken:
            return f"broken: {broken}"
        found = [entry["target"] for entry in entries(house)]
        if not set(confirmed) <= set(found):
            return f"confirmed {confirmed}, in the log {found}"
        if max(Counter(found).values()) > 1 or found[:EARLIER] != [f"earlier-{number}" for number in range(EARLIER)]:
            return f"in the log {found}"
        house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED, target="after"))
        broken = findings(house)
    return f"broken after one more: {broken}" if broken else None


def test_whatever_call_fails_or_is_the_last_no_confirmed_entry_is_lost(template: Template, place: Path) -> None:
    def one(forking: Forking, fault: Fault, folder: Path) -> str | None:
        template.copy(folder)
        ended = injected(forking, folder, fault)
        with one_at_a_time:
            return complaint(folder, [line for line in ended.said if line in ALL])

    with forks_of("appending") as forks:
        template.copy(place / "traced")
        trace = traced(forks.mine(), place / "traced")
        assert (trace.ended.how, trace.ended.said) == ("exited 0", ALL)
        assert complaint(place / "traced", ALL) is None
        wanted = list(faults(trace.calls))
        assert len(wanted) > 200
        assert {"openat", "write", "pwrite64", "fsync", "rename", "unlink", "ftruncate"} <= {
            fault.call.name for fault in wanted
        }
        assert each(forks, place, wanted, one) == []


def test_whatever_a_power_cut_leaves_no_confirmed_entry_is_lost(template: Template, place: Path) -> None:
    template.copy(place / "traced")
    with forks_of("appending") as forks:
        trace = traced(forks.mine(), place / "traced")
    complaints, count = every(disk_states(template.folder, trace.calls), template.folder, place, complaint)
    assert complaints == []
    assert count > 200
