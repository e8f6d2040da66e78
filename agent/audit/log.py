"""The access log: append-only, one tree, a signed head for every durable batch.

`append` belongs inside a job of the register's writer, so that a change and its entry become durable together or not at
all; `record` is the same for an entry that stands alone. Both count only once the register's commit has returned.

What a batch appends is gathered in memory and written just before its commit: entries, nodes, then the entries are read
back and hashed anew, and only then is the head signed. Nothing is kept in memory from one transaction to the next, so
that a job that was undone or a second process (a command of earwitness-agent) leaves the tree right.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from agent.audit import tree
from agent.audit.checkpoint import Checkpoint, CheckpointSigner
from agent.audit.continuity import Continuity
from agent.audit.digest import digest
from agent.audit.entry import Draft, columns_of, leaf_of
from agent.audit.marks import marks_of
from agent.audit.reserve import Reserve
from agent.errors import CannotLog, EarwitnessError, LogBroken
from agent.wire import Outcome
from db.engine import Register, RegisterUnwritable
from db.queries import log as stored
from db.queries import log_marks, log_words
from db.records import CheckpointRecord, EntryRecord

Result = TypeVar("Result")

CLOSING = frozenset({"contact.released"})
"""Actions that say how something ended that is in the log already: they release nothing."""
PUBLISH_S = 0.1
"""How far the head beside the database may lag behind, as long as one entry follows the other."""
FULL = "the disk is full, and what is left is for refusals"


class LogStopped(RegisterUnwritable):
    """The log takes no entry, or not this one; nothing of the job is kept."""

    def __init__(self, said: EarwitnessError) -> None:
        self.said = said
        """The same for a person."""
        super().__init__(said.parameters.get("why", said.code))


class _Growth:
    """What one transaction adds to the log."""

    def __init__(self, size: int, frontier: tree.Frontier, *, is_full: bool) -> None:
        self.size = size
        """Of the log before it."""
        self.frontier = frontier
        self.is_full = is_full
        """No room on the disk but the reserve's: only what was not done is logged."""
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
        far_file: Where a head stands that `remember` puts there, on another medium: with the keys.
        reserve: Space for refusals; None: none is kept.
    """

    def __init__(
        self,
        register: Register,
        signer: CheckpointSigner,
        digest_key: bytes,
        checkpoint_file: Path,
        now_ms: Callable[[], int],
        far_file: Path | None = None,
        reserve: Reserve | None = None,
    ) -> None:
        self.signer = signer
        self.checkpoint_file = checkpoint_file
        self._register = register
        self._digest_key = digest_key
        self._now_ms = now_ms
        self._reserve = reserve
        self._far_file = far_file
        self._continuity = self._in_epoch(signer)
        self.trouble: str | None = None
        """What is wrong although entries are durable; None when all is well."""
        self._broken: str | None = None
        self._growth: _Growth | None = None
        self._signed: tuple[CheckpointRecord, Checkpoint] | None = None
        self._unpublished: tuple[CheckpointRecord, Checkpoint] | None = None
        """Durable, and not yet beside the database."""
        self._published_at_s = -PUBLISH_S
        register.participants.append(self)
        register.before_commit.append(self._write)
        register.after_commit.append(self._publish)
        register.after_batch.append(self._publish_what_is_left)
        register.after_failure.append(self._make_room)

    def _in_epoch(self, signer: CheckpointSigner) -> Continuity:
        kept = [self.checkpoint_file, *([self._far_file] if self._far_file else [])]
        return Continuity(signer.verifier, kept)

    @property
    def cannot_log(self) -> str | None:
        """Why nothing can be released, because nothing can be logged; None when all is well."""
        return self._register.trouble or self._broken or (FULL if self._is_full() else None)

    def _is_full(self) -> bool:
        return self._reserve is not None and not self._reserve.is_whole()

    def digest(self, kind: str, said: str) -> str:
        """Stand-in for what a person typed."""
        return digest(self._digest_key, kind, said)

    # --- writing -----------------------------------------------------------------------------------------------------

    def append(self, draft: Draft) -> int:
        """Write an entry inside the running transaction; its place in the log.

        Raises:
            LogStopped: it was not written, so that the job must end too.
        """
        growth = self._growth = self._growth or self._started()
        if growth.is_full and draft.outcome is Outcome.ALLOWED and draft.action not in CLOSING:
            raise LogStopped(CannotLog(why=FULL))
        seq, at_ms = growth.size + len(growth.entries), self._now_ms()
        try:
            leaf = leaf_of(draft, seq, at_ms)
        except Exception as error:  # whatever it is: an entry that cannot be made is a request that is refused
            raise LogStopped(CannotLog(why=f"the entry cannot be put into words: {type(error).__name__}")) from error
        growth.entries.append(EntryRecord(seq, leaf, columns_of(draft, at_ms)))
        return seq

    def _started(self) -> _Growth:
        """The log as this transaction finds it, if it may go on."""
        try:
            size = stored.size()
            frontier = tree.Frontier(size, stored_nodes(tree.peaks(size)))
            self._continuity.require(size, frontier.root(), stored.newest_checkpoint(), self.node)
        except LogBroken as error:
            self._broken = error.parameters["why"]
            raise LogStopped(error) from error
        except RegisterUnwritable as error:
            self._broken = str(error)
            raise
        self._broken = None
        return _Growth(size, frontier, is_full=self._reserve is not None and not self._reserve.regain())

    def look(self) -> None:
        """Find out whether the log may go on, for `cannot_log`. Inside a read."""
        with suppress(RegisterUnwritable):
            self._started()

    def begin_epoch(self, signer: CheckpointSigner, draft: Callable[[int, Checkpoint | None], Draft]) -> None:
        """Go on with the tree as it is, under a new name. Inside a job by itself.

        Args:
            signer: Of the new epoch, whose number is durable already.
            draft: Makes the first entry, of the log's size and the checkpoint that is lost.
        """
        size = stored.size()
        frontier = tree.Frontier(size, stored_nodes(tree.peaks(size)))
        lost = self._continuity.lost(size, self.node)
        self.signer, self._continuity = signer, self._in_epoch(signer)
        self._growth = _Growth(size, frontier, is_full=False)
        self.append(draft(size, lost))

    def append_reason(self, said: str) -> str:
        """Keep a person's words beside the log, erasable, inside the running transaction; their digest."""
        stand_in = self.digest("reason", said)
        log_words.keep(log_words.REASON, stand_in, said, self._now_ms())
        return stand_in

    def append_opener(self, said: str) -> str:
        """The same for the command line of who opened a file past the agent, until it is forgotten."""
        stand_in = self.digest("opener", said)
        log_words.keep(log_words.OPENER, stand_in, said, self._now_ms())
        return stand_in

    def keep_searched(self, words: Mapping[str, str]) -> None:
        """Keep what was typed in a search, by its digest, until it is forgotten; inside the running transaction."""
        for stand_in, said in words.items():
            log_words.keep(log_words.SEARCH, stand_in, said, self._now_ms())

    def record(self, draft: Draft) -> int:
        """Write an entry by itself and wait until it is durable.

        Raises:
            CannotLog: it is not, and whatever it was for must not happen.
            LogBroken: nor will it be; see `agent.audit.continuity`.
        """
        return self.durably(lambda: self.append(draft))

    def durably(self, job: Callable[[], Result]) -> Result:
        """Run a job that appends, and wait until it is durable, but no longer than the settings allow.

        Raises:
            CannotLog: it is not, and whatever it was for must not happen.
            LogBroken: nor will it be; see `agent.audit.continuity`.
        """
        try:
            return self._register.write(job, is_limited=True)
        except LogStopped as stopped:
            raise stopped.said from stopped
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
        frontier = growth.frontier
        hashes = [tree.leaf_hash(entry.leaf) for entry in growth.entries]
        stored.add((entry.seq, entry.leaf, entry.columns) for entry in growth.entries)
        log_marks.add((kind, value, entry.seq) for entry in growth.entries for kind, value in marks_of(entry.leaf))
        stored.add_nodes([node for leaf_hash in hashes for node in frontier.add(leaf_hash)])
        _require_stored(growth.entries, hashes)
        root, origin = frontier.root(), self.signer.verifier.origin
        head = CheckpointRecord(frontier.size, self._now_ms(), self.signer.sign(frontier.size, root))
        stored.add_checkpoint(head)
        self._signed = head, Checkpoint(origin, frontier.size, root, self.signer.epoch)
        self._continuity.signed(head.note, self._signed[1])

    @staticmethod
    def node(level: int, place: int) -> bytes:
        """A stored node of the tree.

        Raises:
            RegisterUnwritable: it is not there, so nothing more can be appended.
        """
        return stored_nodes([(level, place)])(level, place)

    def _publish(self) -> None:
        """Put the head that has just become durable beside the database, unless the next one follows at once.

        Callers who wait share that file as they share the commit: it is synced too.
        """
        if self._signed is not None:
            self._unpublished, self._signed = self._signed, None
        is_due = time.monotonic() - self._published_at_s > PUBLISH_S
        if is_due or not self._register.is_waited_for:
            self._publish_now()

    def _publish_what_is_left(self) -> None:
        """After a batch that wrote nothing, no later one publishes the head that was put off."""
        if self._unpublished is not None and not self._register.is_waited_for:
            self._publish_now()

    def _publish_now(self) -> None:
        if self._unpublished is None:
            return
        (head, checkpoint), self._unpublished = self._unpublished, None
        self._keep(self.checkpoint_file, "beside the database", head.note, checkpoint)
        self._published_at_s = time.monotonic()

    def remember(self) -> None:
        """Put the newest head where it survives that the whole folder of the register is put back."""
        if self._far_file is None:
            return
        with self._register.read():
            newest = stored.newest_checkpoint()
        if newest is not None:
            checkpoint = self.signer.verifier.open_of_any_epoch(newest.note)
            self._keep(self._far_file, "with the keys", newest.note, checkpoint)

    def _keep(self, file: Path, where: str, note: str, checkpoint: Checkpoint) -> None:
        try:
            self._continuity.keep(file, note, checkpoint)
            self.trouble = None
        except OSError as error:
            self.trouble = f"the newest checkpoint cannot be put {where}: {error.strerror}"

    def _make_room(self, error: Exception) -> None:
        """After a commit that failed: if the disk is full, let at least the refusals be written."""
        if self._reserve is not None and self._reserve.is_wanted_for(error):
            self._reserve.release()


def stored_nodes(places: Iterable[tuple[int, int]]) -> tree.Nodes:
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
