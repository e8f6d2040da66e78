"""RFC 6962 against its own definition, written here once more in the plainest way."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.audit import tree

LEAVES = [f"entry {number}".encode() for number in range(130)]


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:split]) + plain_root(leaves[split:])).digest()


class Stored:
    """The nodes of a tree that grew leaf by leaf."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        for size, leaf in enumerate(leaves):
            for level, place, digest in tree.grown(size, tree.leaf_hash(leaf), self):
                assert (level, place) not in self.nodes
                self.nodes[level, place] = digest

    def __call__(self, level: int, place: int) -> bytes:
        return self.nodes[level, place]


STORED = Stored(LEAVES)


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert tree.root(0, STORED).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_leaf_is_hashed_as_the_rfc_says() -> None:
    # The hash of an empty leaf, as certificate transparency's own test vectors have it.
    assert tree.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.parametrize("size", range(len(LEAVES) + 1))
def test_the_root_follows_the_definition_at_every_size(size: int) -> None:
    assert tree.root(size, STORED) == plain_root(LEAVES[:size])


def test_only_complete_subtrees_are_stored() -> None:
    sizes = {level: sum(1 for found, _ in STORED.nodes if found == level) for level in range(9)}
    assert sizes == {level: len(LEAVES) >> level for level in range(9)}


@given(st.data())
def test_every_entry_can_be_proved_to_stand_in_every_later_log(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(index, size, STORED)
    head = plain_root(LEAVES[:size])
    tree.check_inclusion(tree.leaf_hash(LEAVES[index]), index, size, proof, head)
    with pytest.raises(tree.ProofInvalid):
        tree.check_inclusion(tree.leaf_hash(b"another"), index, size, proof, head)


@given(st.data())
def test_every_log_can_be_proved_to_be_the_beginning_of_every_later_one(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    older = data.draw(st.integers(1, size))
    proof = tree.consistency_proof(older, size, STORED)
    older_head, head = plain_root(LEAVES[:older]), plain_root(LEAVES[:size])
    tree.check_consistency(older, size, proof, older_head, head)
    rewritten = plain_root([b"rewritten", *LEAVES[1:older]])
    with pytest.raises(tree.ProofInvalid):
        tree.check_consistency(older, size, proof, rewritten, head)


@given(st.data())
def test_an_altered_proof_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion_proof(index, size, STORED)
    place = data.draw(st.integers(0, len(proof) - 1))
    altered = [*proof[:place], hashlib.sha256(proof[place]).digest(), *proof[place + 1 :]]
    for wrong in (altered, proof[:-1], [*proof, proof[-1]]):
        with pytest.raises(tree.ProofInvalid):
            tree.check_inclusion(tree.leaf_hash(LEAVES[index]), index, size, wrong, plain_root(LEAVES[:size]))


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_for_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        tree.inclusion_proof(index, size, STORED)
    with pytest.raises(tree.ProofInvalid):
        tree.check_inclusion(b"", index, size, [], b"")


@pytest.mark.parametrize(("older", "size"), [(0, 3), (4, 3), (-1, 3)])
def test_no_consistency_with_what_never_was(older: int, size: int) -> None:
    with pytest.raises(ValueError, match="no consistency"):
        tree.consistency_proof(older, size, STORED)


def test_the_right_edge_is_all_that_a_tree_needs_to_grow() -> None:
    """However large it was when it was read: the same nodes and the same head as of the whole tree."""
    nodes: dict[tuple[int, int], bytes] = {}
    asked: list[tuple[int, int]] = []

    def node(level: int, place: int) -> bytes:
        asked.append((level, place))
        return nodes[level, place]

    for size in range(70):
        asked.clear()
        frontier, leaf_hash = tree.Frontier(size, node), tree.leaf_hash(b"%d" % size)
        assert asked == tree.peaks(size)
        assert frontier.root() == tree.root(size, node)
        expected = tree.grown(size, leaf_hash, node)
        assert frontier.add(leaf_hash) == expected
        assert frontier.size == size + 1
        nodes |= {(level, place): digest for level, place, digest in expected}
