"""The access log: append-only, one tree, a signed head for every durable batch.

`append` belongs inside a job of the register's writer, so that a change and its entry become durable together or not at
all; `record` is the same for an entry that stands alone. Both count only once the register's commit has returned.

What a batch appends is gathered in memory and written just before its commit: entries, nodes, then the entries are read
back and hashed anew, and only then is the head signed. Nothing is kept in memory from one transaction to the next, so
that a job that was undone or a second process (a command of earwitness-agent) leaves the tree right.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from agent.audit import tree
from agent.audit.checkpoint import CheckpointSigner
from agent.audit.entry import Draft, columns_of, digest, leaf_of
from agent.audit.marks import marks_of
from agent.errors import CannotLog
from db.engine import Register, RegisterUnwritable
from db.queries import log as stored
from db.queries import log_marks, log_words
from db.records import CheckpointRecord, EntryRecord

Result = TypeVar("Result")


class _Growth:
    """What one transaction adds to the log."""

    def __init__(self, size: int) -> None:
        self.size = size
        """Of the log before it."""
        self.entries: list[EntryRecord] = []


class AccessLog:
    """Writes entries and signs heads.

    Args:
        register: Where entries are stored.
        signer: Holds the log's own key.
        digest_key: For what people typed, see `agent.audit.entry.digest`.
        checkpoint_file: Where the newest signed head also stands, outside the database: a database that was put back
            to an older state disagrees with it.
        now_ms: The clock.
    """

    def __init__(
        self,
        register: Register,
        signer: CheckpointSigner,
        digest_key: bytes,
        checkpoint_file: Path,
        now_ms: Callable[[], int],
    ) -> None:
        self.signer = signer
        self.checkpoint_file = checkpoint_file
        self._register = register
        self._digest_key = digest_key
        self._now_ms = now_ms
        self.trouble: str | None = None
        """What is wrong although entries are durable; None when all is well."""
        self._growth: _Growth | None = None
        self._signed: CheckpointRecord | None = None
        register.participants.append(self)
        register.before_commit.append(self._write)
        register.after_commit.append(self._publish)

    def digest(self, kind: str, said: str) -> str:
        """Stand-in for what a person typed."""
        return digest(self._digest_key, kind, said)

    # --- writing -----------------------------------------------------------------------------------------------------

    def append(self, draft: Draft) -> int:
        """Write an entry inside the running transaction; its place in the log."""
        if self._growth is None:
            self._growth = _Growth(stored.size())
        growth = self._growth
        seq, at_ms = growth.size + len(growth.entries), self._now_ms()
        growth.entries.append(EntryRecord(seq, leaf_of(draft, seq, at_ms), columns_of(draft, at_ms)))
        return seq

    def append_reason(self, said: str) -> str:
        """Keep a person's words beside the log, erasable, inside the running transaction; their digest."""
        stand_in = self.digest("reason", said)
        log_words.keep(log_words.REASON, stand_in, said, self._now_ms())
        return stand_in

    def keep_searched(self, words: Mapping[str, str]) -> None:
        """Keep what was typed in a search, by its digest, until it is forgotten; inside the running transaction."""
        for stand_in, said in words.items():
            log_words.keep(log_words.SEARCH, stand_in, said, self._now_ms())

    def record(self, draft: Draft) -> int:
        """Write an entry by itself and wait until it is durable.

        Raises:
            CannotLog: it is not, and whatever it was for must not happen.
        """
        return self.durably(lambda: self.append(draft))

    def durably(self, job: Callable[[], Result]) -> Result:
        """Run a job that appends, and wait until it is durable, but no longer than the settings allow.

        Raises:
            CannotLog: it is not, and whatever it was for must not happen.
        """
        try:
            return self._register.write(job, is_limited=True)
        except RegisterUnwritable as error:
            raise CannotLog(why=str(error)) from error

    # --- one transaction, as the register's participant --------------------------------------------------------------

    def begun(self) -> None:
        self._growth = None
        self._signed = None  # of a batch that did not become durable

    def mark(self) -> int:
        return len(self._growth.entries) if self._growth else 0

    def undone(self, mark: int) -> None:
        if self._growth:
            del self._growth.entries[mark:]

    def _write(self) -> None:
        """Store what was appended, and sign for it."""
        growth = self._growth
        if growth is None or not growth.entries:
            return
        frontier = tree.Frontier(growth.size, _nodes(tree.peaks(growth.size)))
        hashes = [tree.leaf_hash(entry.leaf) for entry in growth.entries]
        stored.add((entry.seq, entry.leaf, entry.columns) for entry in growth.entries)
        log_marks.add((kind, value, entry.seq) for entry in growth.entries for kind, value in marks_of(entry.leaf))
        stored.add_nodes([node for leaf_hash in hashes for node in frontier.add(leaf_hash)])
        _require_stored(growth.entries, hashes)
        note = self.signer.sign(frontier.size, frontier.root())
        self._signed = CheckpointRecord(size=frontier.size, at_ms=self._now_ms(), note=note)
        stored.add_checkpoint(self._signed)

    @staticmethod
    def node(level: int, place: int) -> bytes:
        """A stored node of the tree.

        Raises:
            RegisterUnwritable: it is not there, so nothing more can be appended.
        """
        return _nodes([(level, place)])(level, place)

    def _publish(self) -> None:
        """Put the head that has just become durable beside the database."""
        if self._signed is None:
            return
        note, self._signed = self._signed.note, None
        beside = self.checkpoint_file.with_suffix(f".{os.getpid()}.new")  # another process may be writing its own
        try:
            with beside.open("w", encoding="utf-8") as new:
                new.write(note)
                new.flush()
                os.fsync(new.fileno())  # a name that lasts longer than what it names would be no checkpoint
            beside.replace(self.checkpoint_file)
            self.trouble = None
        except OSError as error:
            self.trouble = f"the newest checkpoint cannot be put beside the database: {error.strerror}"


def _nodes(places: Iterable[tuple[int, int]]) -> tree.Nodes:
    """Stored nodes, read together."""
    found = stored.nodes(places)

    def node(level: int, place: int) -> bytes:
        if (level, place) not in found:
            raise RegisterUnwritable(f"the log's tree has lost node {level}/{place}; run earwitness-agent verify")
        return found[level, place]

    return node


def _require_stored(written: list[EntryRecord], hashes: list[bytes]) -> None:
    """Read entries back and hash them anew: nothing is signed that is not stored just so."""
    found = stored.entries_from(written[0].seq)
    if found != written or [tree.leaf_hash(entry.leaf) for entry in found] != hashes:
        raise RegisterUnwritable("what was stored is not what was written; run earwitness-agent verify")
