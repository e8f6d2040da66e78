"""The same of a file that stays where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.faults.scenarios import taking_in


def steps(folder: Path) -> Iterator[None]:
    return taking_in.steps(folder, "in-place")
