"""What entries are found by beside their columns: each mark must be what the leaf says, and no other one be there.

A mark that was removed would hide an entry from who searches for a number or a case, though not from the log.
"""

from __future__ import annotations

from agent.audit.marks import marks_of
from agent.audit.verify.finding import Report
from db.queries import log_check


def check_marks(first: int, report: Report) -> None:
    """Compare the marks of every entry from `first` on with its leaf. Inside a read."""
    rightly_there = 0
    for seq, leaf in log_check.perhaps_marked(first):
        there = [log_check.is_marked(kind, value, seq) for kind, value in _marks(leaf)]
        rightly_there += sum(there)
        if not all(there):
            report.found("entry", f"{seq} is not found by all that it says")
    if log_check.count_of_marks(first) != rightly_there:
        _name_added(first, report)


def _name_added(first: int, report: Report) -> None:
    for seq, leaf, marks in log_check.marked(first):
        if not marks <= set(_marks(leaf)):
            report.found("entry", f"{seq} is found by what it does not say")


def _marks(leaf: bytes) -> list[tuple[str, str]]:
    """Of a leaf that cannot be read, none: that it cannot is said elsewhere."""
    try:
        return marks_of(leaf)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
