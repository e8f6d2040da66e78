"""Three entries, one after the other, each with its commit, its signed head and its file beside the database.

A line is printed for each entry that the log has confirmed: what stands for it in an agent is the answer that goes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from agent.audit.entry import AGENT, Draft
from agent.errors import CannotLog
from agent.installation import open_installation
from agent.wire import Outcome
from tests.faults.house import settings_in

ENTRIES = 3


def steps(folder: Path) -> Iterator[None]:
    house = open_installation(settings_in(folder))
    yield
    for number in range(ENTRIES):
        target = f"entry-{number}"
        try:
            house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED, target=target))
        except CannotLog:
            continue  # as the agent does: it refuses, and goes on
        print(target, flush=True)  # noqa: T201 - the test reads it
    yield
    house.close()
