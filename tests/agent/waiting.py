"""Wait for a fact, not for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 60.0

Fact = TypeVar("Fact")


def until(fact: Callable[[], Fact]) -> Fact:
    """Ask until the answer is true, and give it.

    Raises:
        TimeoutError: it has not become true in a minute.
    """
    end_s = time.monotonic() + PATIENCE_S
    while not (answer := fact()):
        if time.monotonic() > end_s:
            raise TimeoutError("what the test waits for has not become true")
        time.sleep(0.01)
    return answer
