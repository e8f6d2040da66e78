"""What becomes of an open that is neither the agent's nor the sentry's own: a pure decision, the first that holds.

REFUSED   a rule of `deny` holds: refused at once, with an entry
EXPECTED  a rule of `expected` holds, and the place is a spool: goes on at once, counted
ENTERED   everything else: goes on when its entry is durable
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto

from agent.sentry.plan import Rule
from agent.sentry.process import Who

SPOOL = "spool:"


class Judgement(Enum):
    REFUSED = auto()
    EXPECTED = auto()
    ENTERED = auto()


def judged(
    who: Who,
    place: str,
    *,
    deny: Sequence[Rule],
    expected: Sequence[Rule],
    inode_of: Callable[[str], tuple[int, int] | None],
) -> Judgement:
    """The judgement of an open; a rule's user is the effective one, by whose rights the file is opened.

    Args:
        inode_of: Device and inode of a program's path now: a path in a rule means the file, not its name, so that no
            mount over it makes another program pass for it.
    """
    if any(_holds(rule, who, place, inode_of) for rule in deny):
        return Judgement.REFUSED
    # A process that had gone before it was read is nobody's: it is listed.
    if place.startswith(SPOOL) and who.is_certain and any(_holds(rule, who, place, inode_of) for rule in expected):
        return Judgement.EXPECTED
    return Judgement.ENTERED


def _holds(rule: Rule, who: Who, place: str, inode_of: Callable[[str], tuple[int, int] | None]) -> bool:
    if place not in rule.places:
        return False
    if rule.uid is not None and rule.uid != who.euid:
        return False
    return rule.exe is None or (who.exe_inode is not None and who.exe_inode == inode_of(rule.exe))
