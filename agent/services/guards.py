"""Who else watches over the log and the files: witnesses outside, the sentry beside.

Each puts its own state here when it is started; until then there is nobody, and the state of the log says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent import wire


def _no_witness() -> list[wire.WitnessState]:
    return []


def _no_sentry() -> None:
    return None


@dataclass
class Guards:
    witnesses: Callable[[], list[wire.WitnessState]] = _no_witness
    """Asked inside a read of the register, for every look at the state of the log: it must be quick and not raise."""
    sentry: Callable[[], wire.SentryState | None] = _no_sentry
    """The same."""
