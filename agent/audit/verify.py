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

TAKE_IN = ("contact.take_in", "contact.join", "quarantine.add")
_FIRST_POSSIBLE = -(1 << 63)
"""Of a number in SQLite: an entry that somebody added in front of the first is seen too."""
_LEVELS = 63
_NO_NODE = (1 << 63, b"")


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
        self._sealed_by_log: dict[str, tuple[bytes, int | None]] = {}
        """Id = (SHA-256, size in bytes), as the entry of its taking-in says."""

    def run(self, *, recordings: bool) -> Report:
        """Check everything; with `recordings` also every sealed file, which reads them whole."""
        self._check(self._pages)
        # Before the register: of one that is written to meanwhile, the later head would be larger than what is read.
        beside = self._note_beside()
        self._check(lambda: self._log(beside))
        if recordings:
            self._check(self._seals)
        return self._report

    def _check(self, part: Callable[[], None]) -> None:
        try:
            with self._register.read():
                part()
        except RegisterUnreadable as error:
            self._report.found("register", f"cannot be read further: {error}")
        except (TypeError, ValueError) as error:
            self._report.found("register", f"holds a value of another type than was written ({type(error).__name__})")

    def _pages(self) -> None:
        for words in self._register.damaged_pages():
            self._report.found("page", words)

    # --- the log ---------------------------------------------------------------------------------------------------

    def _log(self, beside: str | None) -> None:
        size = stored.size()
        self._entries(size)
        self._recordings()
        self._nodes(size)
        self._report.entries = size
        try:
            self._report.head = tree.root(size, _node).hex()
        except _NodeMissing as error:
            self._report.found("tree", f"node {error} is missing")
            return
        self._checkpoints(size, beside)

    def _entries(self, size: int) -> None:
        expected, nodes = 0, stored.stream_nodes(0)
        place, digest = -1, b""
        for entry in stored.stream(_FIRST_POSSIBLE):
            self._missing(expected, entry.seq)
            expected = entry.seq + 1
            while place < entry.seq:
                place, digest = next(nodes, _NO_NODE)
            if place != entry.seq or digest != tree.leaf_hash(entry.leaf):
                self._report.found("entry", f"{entry.seq} is not the one that was written there")
            self._copies(entry.seq, entry.leaf, entry.columns)
            if entry.seq % 5000 == 0:
                self._progress("entries", entry.seq, size)
        last = max((place for place, _ in nodes), default=-1)
        self._missing(size, last + 1)

    def _missing(self, first: int, after: int) -> None:
        if after - first == 1:
            self._report.found("entry", f"{first} is missing")
        elif after > first:
            self._report.found("entry", f"{first} to {after - 1} are missing")

    def _copies(self, seq: int, leaf: bytes, columns: dict[str, str | int | None]) -> None:
        try:
            fields = read_leaf(leaf)
            detail = dict(fields["detail"])
            if fields["seq"] != seq:
                self._report.found("entry", f"{seq} was written as another one")
            if columns_of_leaf(fields) != columns:
                self._report.found("entry", f"{seq} has other searchable columns than it says")
            if fields["action"] in TAKE_IN and detail.get("sha256"):
                sealed_id = str(detail.get("recording") or fields["target"])
                self._sealed_by_log[sealed_id] = bytes.fromhex(detail["sha256"]), detail.get("size_bytes")
        except (LeafInvalid, KeyError, TypeError, ValueError, RecursionError):
            self._report.found("entry", f"{seq} cannot be read")

    def _nodes(self, size: int) -> None:
        """Every node must be the hash of the two below it, and there must be just as many as the size asks for."""
        for level in range(_LEVELS):
            count = self._level(level)
            if count != size >> level:
                self._report.found("tree", f"level {level} has {count} nodes and not {size >> level}")

    def _level(self, level: int) -> int:
        count, expected = 0, 0
        children = stored.stream_nodes(level - 1) if level else iter(())
        below = next(children, _NO_NODE)
        for place, digest in stored.stream_nodes(level):
            if place != expected:
                self._report.found("tree", f"node {level}/{expected} is missing")
            count, expected = count + 1, place + 1
            while below[0] < 2 * place:
                below = next(children, _NO_NODE)
            left, below = below, next(children, _NO_NODE)
            is_pair = (left[0], below[0]) == (2 * place, 2 * place + 1)
            if level and not (is_pair and tree.node_hash(left[1], below[1]) == digest):
                self._report.found("tree", f"node {level}/{place} is not the hash of those below it")
        return count

    def _note_beside(self) -> str | None:
        try:
            return self._checkpoint_file.read_text("utf-8", "replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            self._report.found("checkpoint", f"beside the database cannot be read ({error.strerror})")
            return None

    def _checkpoints(self, size: int, beside: str | None) -> None:
        kept = stored.checkpoints()
        if size and (not kept or kept[-1].size != size):
            signed = kept[-1].size if kept else 0
            self._report.found("checkpoint", f"of {size} entries only {signed} are signed for")
        for record in kept:
            signed_size = self._checkpoint(record.note, f"of size {record.size}", size)
            if signed_size not in (None, record.size):
                self._report.found("checkpoint", f"of size {record.size}: signed for {signed_size} entries")
        if beside is not None:
            self._checkpoint(beside, "beside the database", size)
        elif size:
            self._report.found("checkpoint", "beside the database: it is not there")

    def _checkpoint(self, note: str, name: str, size: int) -> int | None:
        """The size that a note is signed for; None when it is not signed."""
        try:
            signed = self._verifier.open(note)
        except CheckpointInvalid as error:
            self._report.found("checkpoint", f"{name}: {error}")
            return None
        if signed.size > size:
            self._report.found("checkpoint", f"{name}: signed for {signed.size} entries, {size} are there")
            return signed.size
        try:
            if tree.root(signed.size, _node) != signed.root:
                self._report.found("checkpoint", f"{name}: the first {signed.size} entries are not those signed for")
        except _NodeMissing as error:
            self._report.found("tree", f"node {error} is missing")
        return signed.size

    # --- recordings --------------------------------------------------------------------------------------------------

    def _recordings(self) -> None:
        seen: set[str] = set()
        for sealed in _sealed():
            seen.add(sealed.id)
            self._report.recordings += 1
            sha256, size_bytes = self._sealed_by_log.get(sealed.id, (b"", None))
            if sha256 != sealed.sha256 or size_bytes not in (None, sealed.size_bytes):
                self._report.found("recording", f"{sealed.id} is not the one that the log says was taken in")
        for lost in sorted(self._sealed_by_log.keys() - seen):
            self._report.found("recording", f"{lost} was taken in and is no longer in the register")

    def _seals(self) -> None:
        for done, sealed in enumerate(_sealed(), 1):
            self._seal(sealed.id, sealed.wrapped_key, sealed.sha256)
            self._progress("recordings", done, self._report.recordings)

    def _seal(self, sealed_id: str, wrapped_key: bytes, sha256: bytes) -> None:
        try:
            self._vault.check(sealed_id, wrapped_key, sha256)
        except SealBroken as error:
            self._report.found("recording", str(error).removeprefix("recording "))
        except OSError as error:
            self._report.found("recording", f"{sealed_id} cannot be read ({error.strerror})")


@dataclass(frozen=True, slots=True)
class _Sealed:
    id: str
    sha256: bytes
    size_bytes: int
    wrapped_key: bytes


def _sealed() -> Iterator[_Sealed]:
    """Everything that was sealed, as the register has it."""
    for recording in contacts.all_recordings():
        yield _Sealed(recording.id, recording.sha256, recording.size_bytes, recording.wrapped_key)
    for item in quarantine.sealed_items():
        if item.sha256 is not None and item.wrapped_key is not None:
            yield _Sealed(item.id, item.sha256, item.size_bytes, item.wrapped_key)


class _NodeMissing(Exception):
    pass


def _node(level: int, place: int) -> bytes:
    found = stored.node(level, place)
    if found is None:
        raise _NodeMissing(f"{level}/{place}")
    return found
