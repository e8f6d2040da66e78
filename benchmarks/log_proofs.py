"""The access log: how fast a proof is made, in small and in large logs.

Measured: `agent.audit.proof` at places drawn by lot, inclusion and consistency, with root and leaf, as
`earwitness-agent prove` prints them. The tree's nodes are written directly, and of entries only those that are asked
for: a proof reads no other.

Bounded by: some fifty nodes, each found in an index and decrypted with its page.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator

from agent.audit import proof, tree
from agent.audit.entry import AGENT, Draft, columns_of, leaf_of
from agent.installation import Installation
from agent.wire import Outcome
from benchmarks.figure import Figure, percentile
from benchmarks.scene import Scene, new_house, tell
from db.queries import log as stored

SIZES, QUICK_SIZES = (10_000, 1_000_000, 10_000_000), (10_000,)
PROOFS = 300
PROOF_MS = 10
CHUNK = 1 << 16
"""Leaves whose nodes are written in one transaction."""


def measure(scene: Scene) -> Iterator[Figure]:
    for size in QUICK_SIZES if scene.is_quick else SIZES:
        with new_house(scene.new_folder(f"proofs-{size}")) as house:
            taken_ms = _proven_ms(house, size, _made(house, size))
        yield Figure(f"a proof at {size:,} entries, p95", percentile(taken_ms, 95), "ms", at_most=PROOF_MS)


def _proven_ms(house: Installation, size: int, places: list[int]) -> list[float]:
    lot = random.Random(6962)
    older = [lot.randrange(1, size) for _number in range(PROOFS)]
    with house.register.read():
        taken_ms = [_timed_ms(lambda place=place: proof.inclusion(place, size)) for place in places]  # type: ignore[misc]
        return taken_ms + [_timed_ms(lambda than=than: proof.consistency(than, size)) for than in older]  # type: ignore[misc]


def _timed_ms(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return (time.perf_counter() - began_s) * 1000


def _made(house: Installation, size: int) -> list[int]:
    """Write a log of so many entries; the places whose entries are there."""
    lot = random.Random(6962)
    places = sorted({*(lot.randrange(size) for _number in range(PROOFS)), size - 1})
    leaves = {seq: leaf_of(Draft(AGENT, "bench", Outcome.ALLOWED), seq, 0) for seq in places}
    above: dict[tuple[int, int], bytes] = {}
    for first in range(0, size, CHUNK):
        house.register.write(lambda first=first: _add_chunk(first, min(first + CHUNK, size), leaves, above))  # type: ignore[misc]
        if first % (16 * CHUNK) == 0:
            tell(f"{first:,} of {size:,} leaves")
    columns = columns_of(Draft(AGENT, "bench", Outcome.ALLOWED), 0)
    house.register.write(lambda: stored.add((seq, leaf, columns) for seq, leaf in leaves.items()))
    return places


def _add_chunk(first: int, after: int, leaves: dict[int, bytes], above: dict[tuple[int, int], bytes]) -> None:
    """Write the nodes over a chunk, and those above it that become complete."""
    digests = [
        tree.leaf_hash(leaves[seq]) if seq in leaves else hashlib.sha256(b"%d" % seq).digest()
        for seq in range(first, after)
    ]
    level = 0
    while digests:
        place = first >> level
        stored.add_nodes([(level, place + number, digest) for number, digest in enumerate(digests)])
        if 1 << level == CHUNK:
            break
        pairs = zip(digests[::2], digests[1::2], strict=False)
        digests = [tree.node_hash(left, right) for left, right in pairs]
        level += 1
    if not digests:
        return  # the last chunk, which completes nothing
    place = first >> level
    above[level, place] = digests[0]
    while place & 1:
        digest = tree.node_hash(above[level, place - 1], above[level, place])
        level, place = level + 1, place >> 1
        above[level, place] = digest
        stored.add_nodes([(level, place, digest)])
