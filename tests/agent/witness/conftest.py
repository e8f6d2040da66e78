"""A log that is only a tree and a key, and a witness that watches it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.audit import tree
from agent.audit.checkpoint import CheckpointSigner
from agent.audit.note import VerifierKey
from agent.witness.cosigning import Witness
from agent.witness.memory import Memory

NOW_S = 1_795_435_200


@dataclass
class Log:
    """Leaves in memory, signed with a key of its own."""

    leaves: list[bytes] = field(default_factory=list)
    signer: CheckpointSigner = field(default_factory=lambda: CheckpointSigner(Ed25519PrivateKey.generate()))

    @property
    def key(self) -> VerifierKey:
        return VerifierKey.read(self.signer.verifier.vkey)

    def grow(self, count: int, word: bytes = b"leaf") -> None:
        self.leaves += [word + b"%d" % len(self.leaves) for _leaf in range(count)]

    def forked(self, at: int) -> Log:
        """Another log by the same key, with the same first leaves."""
        return Log(self.leaves[:at], self.signer)

    def node(self, level: int, place: int) -> bytes:
        hashes = list(map(tree.leaf_hash, self.leaves[place << level : (place + 1) << level]))
        while len(hashes) > 1:
            hashes = [tree.node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def note(self, size: int | None = None) -> str:
        size = len(self.leaves) if size is None else size
        return self.signer.sign(size, tree.root(size, self.node))

    def proof(self, old: int, size: int | None = None) -> list[bytes]:
        size = len(self.leaves) if size is None else size
        return tree.consistency_proof(old, size, self.node) if 0 < old <= size else []

    def body(self, old: int, size: int | None = None) -> bytes:
        return said(old, self.proof(old, size), self.note(size))


def said(old: int | str, proof: Sequence[bytes], note: str) -> bytes:
    """A submission, written out here once more."""
    lines = "".join(base64.b64encode(digest).decode() + "\n" for digest in proof)
    return f"old {old}\n{lines}\n{note}".encode()


@pytest.fixture
def log() -> Log:
    made = Log()
    made.grow(5)
    return made


@pytest.fixture
def memory(tmp_path: Path, log: Log) -> Memory:
    made = Memory.create(tmp_path / "witness", "witness.example/w1")
    made.watch(log.key)
    return made


@pytest.fixture
def witness(memory: Memory) -> Witness:
    return Witness(memory, lambda: NOW_S)
