"""One file is taken in, after what the agent does first at every start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from agent.installation import open_installation
from agent.intake.pipeline import Pipeline
from agent.vault.keys import SealBroken
from db.engine import RegisterUnwritable
from tests.faults.house import Mode, settings_in, take_in_what_lies


def steps(folder: Path, mode: Mode = "sealed") -> Iterator[None]:
    house = open_installation(settings_in(folder, mode))
    pipeline = Pipeline(house)
    pipeline.recover()
    yield
    with suppress(OSError, SealBroken, RegisterUnwritable):  # the next rescan tries again
        take_in_what_lies(house, pipeline)
    yield
    house.close()
