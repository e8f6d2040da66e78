"""What the kernel says of a process: proc(5)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MemoryMB:
    rss: float
    """Resident, pages that are shared with others counted in full."""
    pss: float
    """The same, shared pages divided by those who share them."""


def memory_mb(pid: int) -> MemoryMB:
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]:
        name, _, size = line.partition(":")
        sizes[name] = int(size.split()[0]) * 1024 / 1e6
    return MemoryMB(rss=sizes["Rss"], pss=sizes["Pss"])
