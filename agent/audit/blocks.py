"""The quick look of `verify`: a block of leaves with everything that stands above it, compared as whole lists.

A block is the complete subtree over `BLOCK` leaves, the last one is what is left. It is whole or it is not, and its
entries are found by all that they say or they are not; what exactly is wrong is for `agent.audit.verify` to say. Little
is imported here, since every worker imports it anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.audit.marks import marks_of
from db.queries import log_check

LEVELS = 13
BLOCK = 1 << LEVELS
"""Leaves."""


@dataclass
class Look:
    is_whole: bool
    telling: list[tuple[int, bytes]] = field(default_factory=list)
    """(seq, leaf) of entries that say something of the rest; see `db.queries.log_check.TELLING`."""
    marks: int | None = None
    """How many marks its entries are to be found by, all of which are there; None when one is not."""


def count_of(size: int) -> int:
    """How many blocks a log of so many entries has."""
    return -(-size // BLOCK)


def look_at(block: int, size: int) -> Look:
    """Whether a block is what was written. Inside a read."""
    first, after = block * BLOCK, min((block + 1) * BLOCK, size)
    rows = log_check.leaves(first, after)
    leaves = [leaf for _seq, leaf, kind in rows if kind]
    if len(rows) != after - first or len(leaves) != len(rows) or not is_subtree(leaves, first):
        return Look(is_whole=False)
    telling = [(seq, leaf) for seq, leaf, kind in rows if kind == log_check.SAME_AND_TELLING]
    return Look(True, telling, marks_there(first, leaves))


def marks_there(first: int, leaves: Sequence[bytes]) -> int | None:
    """How many marks some entries are to be found by; None when one is missing, or a leaf cannot be read."""
    perhaps = [(seq, leaf) for seq, leaf in enumerate(leaves, first) if log_check.is_perhaps_marked(leaf)]
    try:
        marks = [(kind, value, seq) for seq, leaf in perhaps for kind, value in marks_of(leaf)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return len(marks) if log_check.count_of(marks) == len(marks) else None


def is_subtree(leaves: Sequence[bytes], first: int) -> bool:
    """Whether the stored nodes over some leaves are their hashes, up to the one over a whole block."""
    sha256 = hashlib.sha256
    digests = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    for level in range(LEVELS + 1):
        if log_check.hashes(level, first >> level, (first >> level) + len(digests)) != digests:
            return False
        pairs = zip(digests[::2], digests[1::2], strict=False)
        digests = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return True


def is_upper_part_whole(size: int, levels: int) -> bool:
    """Whether the nodes above the blocks are the hashes of those below them, and nothing is where nothing belongs."""
    digests = log_check.hashes(LEVELS, 0, size >> LEVELS)
    for level in range(LEVELS + 1, levels):
        if not all(isinstance(digest, bytes) for digest in digests):
            return False
        pairs = zip(digests[::2], digests[1::2], strict=False)
        digests = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]
        if log_check.hashes(level, 0, size >> level) != digests:
            return False
    return not log_check.is_anything_outside(size, levels)
