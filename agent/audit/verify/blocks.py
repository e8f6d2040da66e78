"""The quick look: a block of leaves with everything that stands above it, compared as whole lists.

A block is the complete subtree over `BLOCK` leaves, the last one is what is left. It is whole or it is not; what
exactly is wrong is for `leaves` and `nodes` to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from agent.audit.entry import LeafInvalid, read_leaf
from agent.audit.verify.facts import TELLING, Facts
from db.queries import log_check

LEVELS = 13
BLOCK = 1 << LEVELS
"""Leaves."""


def count_of(size: int) -> int:
    """How many blocks a log of so many entries has."""
    return -(-size // BLOCK)


def is_whole(block: int, size: int, facts: Facts) -> bool:
    """Whether a block is what was written; what its leaves tell is added to `facts`."""
    first, after = block * BLOCK, min((block + 1) * BLOCK, size)
    rows = log_check.leaves(first, after)
    if len(rows) != after - first or not all(same == 1 for _seq, _leaf, same, _action in rows):
        return False
    if not is_subtree([leaf for _seq, leaf, _same, _action in rows], first):
        return False
    try:
        for seq, leaf, _same, action in rows:
            if action in TELLING:
                facts.note(seq, read_leaf(leaf))
    except (LeafInvalid, KeyError, TypeError, ValueError, RecursionError):
        return False
    return True


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
