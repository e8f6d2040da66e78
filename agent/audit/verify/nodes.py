"""The slow look at every node of the tree: which one is altered, missing, too many."""

from __future__ import annotations

from agent.audit import tree
from agent.audit.verify.finding import Report
from db.queries import log as stored

LEVELS = 63
_NO_NODE = (1 << 63, b"")


class NodeMissing(Exception):
    pass


def node(level: int, place: int) -> bytes:
    """A stored node.

    Raises:
        NodeMissing: it is not there.
    """
    found = stored.node(level, place)
    if found is None:
        raise NodeMissing(f"{level}/{place}")
    return found


def check_nodes(size: int, report: Report) -> None:
    """Every node must be the hash of the two below it, and there must be just as many as the size asks for."""
    for level in range(LEVELS):
        count = _check_level(level, report)
        if count != size >> level:
            report.found("tree", f"level {level} has {count} nodes and not {size >> level}")
    for level in stored.levels():
        if not 0 <= level < LEVELS:
            report.found("tree", f"level {level} does not exist and has nodes")


def _check_level(level: int, report: Report) -> int:
    count, expected = 0, 0
    children = stored.stream_nodes(level - 1) if level else iter(())
    below = next(children, _NO_NODE)
    for place, digest in stored.stream_nodes(level):
        if place < 0:
            report.found("tree", f"node {level}/{place} does not exist and is there")
            count += 1
            continue
        if place != expected:
            report.found("tree", f"node {level}/{expected} is missing")
        count, expected = count + 1, place + 1
        while below[0] < 2 * place:
            below = next(children, _NO_NODE)
        left, below = below, next(children, _NO_NODE)
        is_pair = (left[0], below[0]) == (2 * place, 2 * place + 1)
        if level and not (is_pair and tree.node_hash(left[1], below[1]) == digest):
            report.found("tree", f"node {level}/{place} is not the hash of those below it")
    return count
