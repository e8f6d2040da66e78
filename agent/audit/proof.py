"""What an auditor takes away: proofs, and the log as plain files, to be checked with other people's tools."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from agent.audit import tree
from agent.audit.checkpoint import CheckpointVerifier
from agent.audit.log import stored_nodes
from agent.errors import NotFound, WrongUse
from db.queries import log as stored

Result = TypeVar("Result")


def inclusion(index: int, size: int) -> dict[str, object]:
    """That entry `index` stands in the log of `size` entries (RFC 6962, section 2.1.1). Inside a read.

    Raises:
        WrongUse: the log has no such entry, or is not that large.
    """
    _require_size(size)
    entry = stored.by_seq(index) if 0 <= index < size else None
    if entry is None:
        raise WrongUse(what=f"the first {size} entries have no entry {index}")
    root, proof = _read_together(lambda nodes: (tree.root(size, nodes), tree.inclusion_proof(index, size, nodes)))
    return {
        "index": index,
        "size": size,
        "leaf": _base64(entry.leaf),
        "leaf_hash": _base64(tree.leaf_hash(entry.leaf)),
        "root": _base64(root),
        "proof": [_base64(digest) for digest in proof],
    }


def consistency(older: int, size: int) -> dict[str, object]:
    """That the log of `older` entries is the beginning of that of `size` (RFC 6962, section 2.1.2). Inside a read.

    Raises:
        WrongUse: the log is not that large, or `older` is not within 1 to `size`.
    """
    _require_size(size)
    if not 0 < older <= size:
        raise WrongUse(what=f"there is no consistency proof from {older} to {size}")
    older_root, root, proof = _read_together(
        lambda nodes: (tree.root(older, nodes), tree.root(size, nodes), tree.consistency_proof(older, size, nodes))
    )
    return {
        "older": older,
        "size": size,
        "older_root": _base64(older_root),
        "root": _base64(root),
        "proof": [_base64(digest) for digest in proof],
    }


def export(folder: Path, verifier: CheckpointVerifier) -> int:
    """Write `checkpoint`, `vkey` and `leaves` into a new or empty folder; how many leaves. Inside a read.

    Raises:
        NotFound: the log has no signed head yet.
        WrongUse: the folder holds something.
    """
    newest = stored.newest_checkpoint()
    if newest is None:
        raise NotFound(kind="checkpoint", id="newest")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise WrongUse(what=f"{folder} is not empty")
    (folder / "checkpoint").write_text(newest.note, "utf-8")
    (folder / "vkey").write_text(verifier.vkey + "\n", "utf-8")
    with (folder / "leaves").open("w", encoding="ascii") as leaves:
        for entry in stored.stream():
            if entry.seq >= newest.size:
                break
            leaves.write(_base64(entry.leaf) + "\n")
    return newest.size


def _read_together(work: Callable[[tree.Nodes], Result]) -> Result:
    """Run work on stored nodes, which are read with one question: a first run only tells which it needs."""
    wanted: set[tuple[int, int]] = set()

    def noted(level: int, place: int) -> bytes:
        wanted.add((level, place))
        return tree.EMPTY_ROOT

    work(noted)
    return work(stored_nodes(wanted))


def _require_size(size: int) -> None:
    if not 0 < size <= stored.size():
        raise WrongUse(what=f"the log has {stored.size()} entries, not {size}")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
