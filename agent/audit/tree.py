"""The Merkle tree of RFC 6962, section 2.1: hashes, roots and proofs. Pure: nodes come from and go to the caller.

    leaf hash   SHA-256(0x00 || leaf)
    node hash   SHA-256(0x01 || left || right)

A node (level, place) is the root of the complete subtree over leaves [place * 2^level, (place + 1) * 2^level). Only
complete subtrees are stored; everything else is folded out of at most log2(size) of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Nodes = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree (level, place)."""


class ProofInvalid(Exception):
    """A proof does not lead to the root it was held against."""


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def grown(size: int, leaf_digest: bytes, nodes: Nodes) -> list[tuple[int, int, bytes]]:
    """The nodes (level, place, hash) that a tree of `size` leaves gains with one more leaf."""
    level, place, digest = 0, size, leaf_digest
    gained = [(level, place, digest)]
    while place & 1:
        digest = node_hash(nodes(level, place - 1), digest)
        level, place = level + 1, place >> 1
        gained.append((level, place, digest))
    return gained


def peaks(size: int) -> list[tuple[int, int]]:
    """The places (level, place) of the complete subtrees that a tree of `size` leaves is folded from, largest first."""
    return [(level, (size >> level) - 1) for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]


class Frontier:
    """The right edge of a tree: all that is needed to let it grow and to know its head.

    Args:
        size: Leaves.
        nodes: Gives the hashes at `peaks(size)`.
    """

    def __init__(self, size: int, nodes: Nodes) -> None:
        self.size = size
        self._peaks = [nodes(level, place) for level, place in peaks(size)]

    def add(self, leaf_digest: bytes) -> list[tuple[int, int, bytes]]:
        """Take in one more leaf; the nodes (level, place, hash) that the tree gains."""
        gained = grown(self.size, leaf_digest, lambda level, place: self._peaks.pop())
        self._peaks.append(gained[-1][2])
        self.size += 1
        return gained

    def root(self) -> bytes:
        """The tree's head."""
        if not self._peaks:
            return EMPTY_ROOT
        *larger, head = self._peaks
        for peak in reversed(larger):
            head = node_hash(peak, head)
        return head


def root(size: int, nodes: Nodes) -> bytes:
    """The tree's head over the first `size` leaves."""
    if size == 0:
        return EMPTY_ROOT
    return _subtree(0, size, nodes)


def inclusion_proof(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962, section 2.1.1.

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    proof: list[bytes] = []
    first, after = 0, size
    while after - first > 1:
        middle = first + _split(after - first)
        if index < middle:
            proof.append(_subtree(middle, after, nodes))
            after = middle
        else:
            proof.append(_subtree(first, middle, nodes))
            first = middle
    return proof[::-1]


def consistency_proof(older: int, size: int, nodes: Nodes) -> list[bytes]:
    """PROOF(older, D[size]) of RFC 6962, section 2.1.2.

    Raises:
        ValueError: `older` is not within 1 to `size`.
    """
    if not 0 < older <= size:
        raise ValueError(f"there is no consistency proof from {older} to {size}")
    proof: list[bytes] = []
    first, after, wanted, whole = 0, size, older, True
    while wanted != after - first:
        middle = _split(after - first)
        if wanted <= middle:
            proof.append(_subtree(first + middle, after, nodes))
            after = first + middle
        else:
            proof.append(_subtree(first, first + middle, nodes))
            first, wanted, whole = first + middle, wanted - middle, False
    if not whole:
        proof.append(_subtree(first, after, nodes))
    return proof[::-1]


def check_inclusion(digest: bytes, index: int, size: int, proof: Sequence[bytes], head: bytes) -> None:
    """Check an inclusion proof (RFC 9162, section 2.1.3.2).

    Raises:
        ProofInvalid: see there.
    """
    _require_hashes(digest, head, *proof)
    if not 0 <= index < size:
        raise ProofInvalid(f"a tree of {size} leaves has no leaf {index}")
    place, last = index, size - 1
    for sibling in proof:
        if last == 0:
            raise ProofInvalid("the proof is too long")
        if place & 1 or place == last:
            digest = node_hash(sibling, digest)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        place, last = place >> 1, last >> 1
    if last or digest != head:
        raise ProofInvalid("the proof leads to another root")


def check_consistency(older: int, size: int, proof: Sequence[bytes], older_head: bytes, head: bytes) -> None:
    """Check a consistency proof (RFC 9162, section 2.1.4.2).

    Raises:
        ProofInvalid: see there.
    """
    if not 0 < older <= size:
        raise ProofInvalid(f"there is no consistency proof from {older} to {size}")
    if older == size:
        if proof or older_head != head:
            raise ProofInvalid("two heads of one size differ")
        return
    _require_hashes(older_head, head, *proof)
    path = list(proof)
    if older & (older - 1) == 0:
        path.insert(0, older_head)
    if not path:
        raise ProofInvalid("the proof is too short")
    place, last = older - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofInvalid("the proof is too long")
        if place & 1 or place == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node_hash(now, sibling)
        place, last = place >> 1, last >> 1
    if last or was != older_head or now != head:
        raise ProofInvalid("the proof leads to other roots")


def _require_hashes(*digests: bytes) -> None:
    if any(len(digest) != HASH_BYTES for digest in digests):
        raise ProofInvalid(f"a hash has {HASH_BYTES} bytes")


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (`size` at least 2)."""
    return 1 << (size - 1).bit_length() - 1


def _subtree(first: int, after: int, nodes: Nodes) -> bytes:
    """The head over leaves [first, after); `first` is a multiple of the largest power of two in it."""
    size = after - first
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, first >> level)
    middle = first + _split(size)
    return node_hash(_subtree(first, middle, nodes), _subtree(middle, after, nodes))
