"""Everything is taken in, and the run kills itself at the step whose number stands in the folder."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

from agent.intake.pipeline import Pipeline, Step
from tests.faults.house import opened, settings_in, take_in

UNTIL = "until"
"""The file with the number."""


class _Killing:
    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, step: Step) -> None:
        print(step, flush=True)  # noqa: T201 - the test reads it
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def steps(folder: Path) -> Iterator[None]:
    with opened(settings_in(folder)) as house:
        take_in(house, Pipeline(house, _Killing(int((folder / UNTIL).read_text("ascii")))))
    yield
