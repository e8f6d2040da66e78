"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not what was written."""

    part: str
    """`page`, `entry`, `tree`, `checkpoint`, `recording`, `register`."""
    what: str

    def __str__(self) -> str:
        return f"{self.part} {self.what}"


@dataclass
class Report:
    entries: int = 0
    checked_from: int = 0
    """The first entry that was rehashed; those before it were proven by the checkpoint that was handed in."""
    recordings: int = 0
    head: str = ""
    """Root of the tree, hexadecimal."""
    findings: list[Finding] = field(default_factory=list)

    def found(self, part: str, what: str) -> None:
        self.findings.append(Finding(part, what))
