"""Our checking of proofs against the public probes of transparency-dev/merkle: good ones, and every way to be wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.audit import tree

VECTORS = json.loads((Path(__file__).parents[2] / "assets" / "merkle_vectors.json").read_text("ascii"))


def decoded(hashes: list[str]) -> list[bytes]:
    return [base64.b64decode(digest, validate=True) for digest in hashes]


def inclusion(index: int, size: int, leaf_hash: str, root: str, proof: list[str]) -> None:
    digest, head = decoded([leaf_hash, root])
    tree.check_inclusion(digest, index, size, decoded(proof), head)


def consistency(older: int, size: int, older_root: str, root: str, proof: list[str]) -> None:
    older_head, head = decoded([older_root, root])
    tree.check_consistency(older, size, decoded(proof), older_head, head)


CHECKS: dict[str, Callable[..., None]] = {"inclusion": inclusion, "consistency": consistency}
PROBES = [
    pytest.param(CHECKS[kind], is_good, probe, id=f"{kind}/{name}")
    for kind, probes in VECTORS.items()
    for name, is_good, *probe in probes
]


def test_there_are_as_many_as_were_published() -> None:
    assert {kind: len(probes) for kind, probes in VECTORS.items()} == {"inclusion": 98, "consistency": 98}
    assert sum(is_good for probes in VECTORS.values() for _name, is_good, *_probe in probes) == 12


@pytest.mark.parametrize(("check", "is_good", "probe"), PROBES)
def test_a_proof_is_accepted_or_refused_as_others_do(check: Callable[..., None], is_good: bool, probe: Any) -> None:
    if is_good:
        check(*probe)
    else:
        with pytest.raises(tree.ProofInvalid):
            check(*probe)
