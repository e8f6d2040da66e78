"""Whether everything is what was written: recomputed from the stored bytes, believing nothing that can be recomputed.

    checked              against                                                 finds
    ───────────────────  ──────────────────────────────────────────────────────  ──────────────────────────────────────
    pages                their HMAC (SQLCipher)                                  a flipped bit anywhere in the file
    leaves               their place, their copied columns, the tree             altered, missing, added, reordered
    tree nodes           the hashes below them                                   altered, missing, added
    checkpoints          the log's key, and the root of the tree at their size   a tree that was rewritten or cut
    the one beside it    the same                                                a database that was put back
    recordings           the entry of their taking-in; with `recordings`, their  swapped, altered, missing
                         sealed bytes, decrypted and hashed

It goes on after the first finding, so that a person sees all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from agent.audit import tree
from agent.audit.checkpoint import CheckpointInvalid, CheckpointVerifier
from agent.audit.entry import LeafInvalid, columns_of_leaf, read_leaf
from agent.vault.keys import SealBroken
from agent.vault.store import Vault
from db.engine import Register, RegisterUnreadable
from db.queries import contacts, quarantine
from db.queries import log as stored

TAKE_IN = ("contact.take_in", "quarantine.add")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not what was written."""

    part: str
    """`page`, `entry`, `tree`, `checkpoint`, `recording`, `register`."""
    what: str

    def __str__(self) -> str:
        return f"{self.part} {self.what}"


@dataclass
class Report:
    entries: int = 0
    recordings: int = 0
    head: str = ""
    """Root of the tree, hexadecimal."""
    findings: list[Finding] = field(default_factory=list)

    def found(self, part: str, what: str) -> None:
        self.findings.append(Finding(part, what))


Progress = Callable[[str, int, int], None]
"""Told what is being checked, how many are done, and of how many."""


class Verification:
    """Checks an installation. Others may go on working on it.

    Args:
        register: The register.
        verifier: Of the log's key.
        vault: For `recordings`.
        checkpoint_file: The head that stands beside the database.
        progress: See `Progress`.
    """

    def __init__(
        self,
        register: Register,
        verifier: CheckpointVerifier,
        vault: Vault,
        checkpoint_file: Path,
        progress: Progress = lambda what, done, total: None,
    ) -> None:
        self._register = register
        self._verifier = verifier
        self._vault = vault
        self._checkpoint_file = checkpoint_file
        self._progress = progress
        self._report = Report()
        self._sealed_by_log: dict[str, bytes] = {}

    def run(self, *, recordings: bool) -> Report:
        """Check everything; with `recordings` also every sealed file, which reads them whole."""
        self._check(self._pages)
        self._check(self._log)
        self._check(lambda: self._recordings(with_seals=recordings))
        return self._report

    def _check(self, part: Callable[[], None]) -> None:
        try:
            with self._register.read():
                part()
        except RegisterUnreadable as error:
            self._report.found("register", f"cannot be read further: {error}")

    def _pages(self) -> None:
        for words in self._register.damaged_pages():
            self._report.found("page", words)

    # --- the log ---------------------------------------------------------------------------------------------------

    def _log(self) -> None:
        size = stored.size()
        self._entries(size)
        self._nodes(size)
        self._report.entries = size
        try:
            self._report.head = tree.root(size, _node).hex()
        except _NodeMissing as error:
            self._report.found("tree", f"node {error} is missing")
            return
        self._checkpoints(size)

    def _entries(self, size: int) -> None:
        expected, nodes = 0, stored.stream_nodes(0)
        for entry in stored.stream():
            for missing in range(expected, entry.seq):
                self._report.found("entry", f"{missing} is missing")
                next(nodes, None)
            expected = entry.seq + 1
            place, digest = next(nodes, (-1, b""))
            if place != entry.seq or digest != tree.leaf_hash(entry.leaf):
                self._report.found("entry", f"{entry.seq} is not the one that was written there")
            self._copies(entry.seq, entry.leaf, entry.columns)
            if entry.seq % 5000 == 0:
                self._progress("entries", entry.seq, size)

    def _copies(self, seq: int, leaf: bytes, columns: dict[str, str | int | None]) -> None:
        try:
            fields = read_leaf(leaf)
        except LeafInvalid as error:
            self._report.found("entry", f"{seq} cannot be read ({error})")
            return
        if fields["seq"] != seq:
            self._report.found("entry", f"{seq} was written as {fields['seq']}")
        if columns_of_leaf(fields) != columns:
            self._report.found("entry", f"{seq} has other searchable columns than it says")
        if fields["action"] in TAKE_IN and fields["detail"].get("sha256"):
            sealed_id = fields["detail"].get("recording") or fields["target"]
            self._sealed_by_log[sealed_id] = bytes.fromhex(fields["detail"]["sha256"])

    def _nodes(self, size: int) -> None:
        """Every node must be the hash of the two below it, and there must be just as many as the size asks for."""
        level, below = 0, size
        while below:
            count = self._level(level)
            if count != below:
                self._report.found("tree", f"level {level} has {count} nodes and not {below}")
            level, below = level + 1, below >> 1
        if self._level(level):
            self._report.found("tree", f"level {level} has nodes and should have none")

    def _level(self, level: int) -> int:
        count = 0
        children = stored.stream_nodes(level - 1) if level else None
        for place, digest in stored.stream_nodes(level):
            if place != count:
                self._report.found("tree", f"node {level}/{count} is missing")
            if children is not None:
                left, right = next(children, (-1, b"")), next(children, (-1, b""))
                is_pair = (left[0], right[0]) == (2 * place, 2 * place + 1)
                if not is_pair or tree.node_hash(left[1], right[1]) != digest:
                    self._report.found("tree", f"node {level}/{place} is not the hash of those below it")
            count += 1
        return count

    def _checkpoints(self, size: int) -> None:
        kept = stored.checkpoints()
        if size and (not kept or kept[-1].size != size):
            signed = kept[-1].size if kept else 0
            self._report.found("checkpoint", f"of {size} entries only {signed} are signed for")
        for record in kept:
            self._checkpoint(record.note, f"of size {record.size}", size)
        if self._checkpoint_file.exists():
            self._checkpoint(self._checkpoint_file.read_text("utf-8", "replace"), "beside the database", size)

    def _checkpoint(self, note: str, name: str, size: int) -> None:
        try:
            signed = self._verifier.open(note)
        except CheckpointInvalid as error:
            self._report.found("checkpoint", f"{name}: {error}")
            return
        if signed.size > size:
            self._report.found("checkpoint", f"{name}: signed for {signed.size} entries, {size} are there")
            return
        try:
            if tree.root(signed.size, _node) != signed.root:
                self._report.found("checkpoint", f"{name}: the first {signed.size} entries are not those signed for")
        except _NodeMissing as error:
            self._report.found("tree", f"node {error} is missing")

    # --- recordings --------------------------------------------------------------------------------------------------

    def _recordings(self, *, with_seals: bool) -> None:
        seen: set[str] = set()
        total = len(self._sealed_by_log)
        for sealed_id, sha256, wrapped_key in _sealed():
            seen.add(sealed_id)
            self._report.recordings += 1
            if self._sealed_by_log.get(sealed_id) != sha256:
                self._report.found("recording", f"{sealed_id} is not the one that the log says was taken in")
            if with_seals:
                self._seal(sealed_id, wrapped_key, sha256)
                self._progress("recordings", len(seen), total)
        for lost in self._sealed_by_log.keys() - seen:
            self._report.found("recording", f"{lost} was taken in and is no longer in the register")

    def _seal(self, sealed_id: str, wrapped_key: bytes, sha256: bytes) -> None:
        try:
            self._vault.check(sealed_id, wrapped_key, sha256)
        except SealBroken as error:
            self._report.found("recording", str(error).removeprefix("recording "))
        except OSError as error:
            self._report.found("recording", f"{sealed_id} cannot be read ({error.strerror})")


def _sealed() -> Iterator[tuple[str, bytes, bytes]]:
    """(id, SHA-256, wrapped key) of everything that was sealed."""
    for recording in contacts.all_recordings():
        yield recording.id, recording.sha256, recording.wrapped_key
    for item in quarantine.sealed_items():
        if item.sha256 is not None and item.wrapped_key is not None:
            yield item.id, item.sha256, item.wrapped_key


class _NodeMissing(Exception):
    pass


def _node(level: int, place: int) -> bytes:
    found = stored.node(level, place)
    if found is None:
        raise _NodeMissing(f"{level}/{place}")
    return found
