"""The access log: append-only, one tree, a signed head for every durable batch.

`append` belongs inside a job of the register's writer, so that a change and its entry become durable together or not at
all; `record` is the same for an entry that stands alone. Both count only once the register's commit has returned.

Nothing here is kept in memory between two entries: size and nodes are read inside the transaction that writes, so that
a rolled-back job or a second process (a command of earwitness-agent) leaves the tree right.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from agent.audit import tree
from agent.audit.checkpoint import CheckpointSigner
from agent.audit.entry import Draft, columns_of, digest, leaf_of
from agent.errors import CannotLog
from db.engine import Register, RegisterUnwritable
from db.queries import log as stored
from db.records import CheckpointRecord


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
        self._unsigned = False
        self._signed: CheckpointRecord | None = None
        register.before_commit.append(self._sign)
        register.after_commit.append(self._publish)

    def digest(self, kind: str, said: str) -> str:
        """Stand-in for what a person typed."""
        return digest(self._digest_key, kind, said)

    def append(self, draft: Draft) -> int:
        """Write an entry inside the running transaction; its place in the log."""
        seq, at_ms = stored.size(), self._now_ms()
        leaf = leaf_of(draft, seq, at_ms)
        stored.add(seq, leaf, columns_of(draft, at_ms))
        stored.add_nodes(tree.grown(seq, tree.leaf_hash(leaf), self.node))
        self._unsigned = True
        return seq

    def append_reason(self, said: str) -> str:
        """Keep a person's words beside the log, erasable, inside the running transaction; their digest."""
        stand_in = self.digest("reason", said)
        stored.add_said(stand_in, said, self._now_ms())
        return stand_in

    def record(self, draft: Draft) -> int:
        """Write an entry by itself and wait until it is durable.

        Raises:
            CannotLog: it is not, and whatever it was for must not happen.
        """
        try:
            return self._register.write(lambda: self.append(draft))
        except RegisterUnwritable as error:
            raise CannotLog(why=str(error)) from error

    @staticmethod
    def node(level: int, place: int) -> bytes:
        """A stored node of the tree.

        Raises:
            RegisterUnwritable: it is not there, so nothing more can be appended.
        """
        found = stored.node(level, place)
        if found is None:
            raise RegisterUnwritable(f"the log's tree has lost node {level}/{place}; run earwitness-agent verify")
        return found

    def _sign(self) -> None:
        self._signed = None  # of a batch that did not become durable
        if not self._unsigned:
            return
        self._unsigned = False
        size = stored.size()
        newest = stored.newest_checkpoint()
        if newest is not None and newest.size == size:
            return  # the job that wrote was undone
        note = self.signer.sign(size, tree.root(size, self.node))
        self._signed = CheckpointRecord(size=size, at_ms=self._now_ms(), note=note)
        stored.add_checkpoint(self._signed)

    def _publish(self) -> None:
        """Put the head that has just become durable beside the database."""
        if self._signed is None:
            return
        note, self._signed = self._signed.note, None
        beside = self.checkpoint_file.with_suffix(f".{os.getpid()}.new")  # another process may be writing its own
        try:
            beside.write_text(note, "utf-8")
            beside.replace(self.checkpoint_file)
            self.trouble = None
        except OSError as error:
            self.trouble = f"the newest checkpoint cannot be put beside the database: {error.strerror}"
