"""What a measurement gives, and the table that is printed of all of them."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

HEADINGS = ("measured", "figure", "reach", "peer in the same run", "ratio")


@dataclass(frozen=True, slots=True)
class Peer:
    """What a figure is compared with: something else that was measured in the same run, in the same unit."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    peer: Peer | None = None
    ratio_at_least: float | None = None

    @property
    def ratio(self) -> float | None:
        """The figure as a multiple of its peer."""
        return self.value / self.peer.value if self.peer and self.peer.value else None

    @property
    def is_reached(self) -> bool | None:
        """Whether it is what the design asks for; None where nothing is asked."""
        checks = []
        if self.at_most is not None:
            checks.append(self.value <= self.at_most)
        if self.at_least is not None:
            checks.append(self.value >= self.at_least)
        if self.ratio_at_least is not None:
            checks.append((self.ratio or 0) >= self.ratio_at_least)
        return all(checks) if checks else None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio, "is_reached": self.is_reached}

    def cells(self) -> tuple[str, ...]:
        """One for each of `HEADINGS`."""
        reach = [f"<= {written(self.at_most)}"] if self.at_most is not None else []
        reach += [f">= {written(self.at_least)}"] if self.at_least is not None else []
        reach += [f"ratio >= {written(self.ratio_at_least)}"] if self.ratio_at_least is not None else []
        mark = {True: "", False: "  MISSED", None: ""}[self.is_reached]
        return (
            self.name,
            f"{written(self.value)} {self.unit}",
            ", ".join(reach) + mark,
            f"{self.peer.name}: {written(self.peer.value)} {self.unit}" if self.peer else "",
            "" if self.ratio is None else f"{written(self.ratio)} x",
        )


def machine() -> dict[str, Any]:
    """Where it was measured."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "load": os.getloadavg()[0],
    }


def table(figures: Iterable[Figure]) -> str:
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def written(value: float | None) -> str:
    """Three digits that count, and no more."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(decimals, 3)}f}"


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent are not above (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 - not a file that a path is made for
            return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        return ""
