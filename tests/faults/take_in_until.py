"""A process that takes everything in and is killed at the n-th step: `python -m tests.faults.take_in_until DIR N`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from agent.intake.pipeline import Pipeline, Step
from tests.faults.house import opened, settings_in, take_in


class _Killing:
    def __init__(self, at: int) -> None:
        self._left = at

    def __call__(self, step: Step) -> None:
        print(step, flush=True)  # noqa: T201 - the test reads it
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    with opened(settings_in(Path(sys.argv[1]))) as house:
        take_in(house, Pipeline(house, _Killing(int(sys.argv[2]))))
