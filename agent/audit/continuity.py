"""Whether the log that is stored is the one that was signed last: only then may it go on.

    the register's own newest head   must be of this epoch, of all entries, and of the tree's root
    heads kept outside the register  must be of this log's beginning: one beside the database, one with the keys

Otherwise the register is an older copy, or another one, and whatever is signed next would disagree with a checkpoint
that somebody may hold. A kept head that this log did not sign, or that is not there, proves nothing and stops nothing;
`verify` names it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from agent.audit import tree
from agent.audit.checkpoint import Checkpoint, CheckpointInvalid, CheckpointVerifier
from agent.errors import LogBroken
from db.records import CheckpointRecord

PROVEN_KEPT = 8
_Stamp = tuple[int, int, int]


class Continuity:
    """See the module.

    Args:
        verifier: Of the log's key, in the epoch that the keys name.
        kept: Files that hold a head outside the register.
    """

    def __init__(self, verifier: CheckpointVerifier, kept: Sequence[Path]) -> None:
        self._verifier = verifier
        self._kept = tuple(kept)
        self._own: tuple[str, Checkpoint] | None = None
        self._proven: set[Checkpoint] = set()
        """Heads that were once found to be of this log's beginning: it only grows, or its own head tells."""
        self._read: dict[Path, tuple[_Stamp, Checkpoint | None]] = {}

    def require(self, size: int, root: bytes, newest: CheckpointRecord | None, nodes: tree.Nodes) -> None:
        """Check that a log may go on.

        Args:
            size: Its entries.
            root: Of its tree.
            newest: The newest head in the register.
            nodes: Gives the nodes of its tree.

        Raises:
            LogBroken: it must not.
        """
        self._require_own_head(size, root, newest)
        for file in self._kept:
            kept = self._checkpoint_in(file)
            if kept is not None and (kept.epoch, kept.size, kept.root) != (self._verifier.epoch, size, root):
                self._require_beginning(kept, size, nodes)

    def _require_own_head(self, size: int, root: bytes, newest: CheckpointRecord | None) -> None:
        if newest is None:
            if size or self._verifier.epoch > 1:
                raise LogBroken(why=f"nothing is signed for of the {size} entries in the register")
            return
        if self._own is None or self._own[0] != newest.note:
            try:
                self._own = newest.note, self._verifier.open_of_any_epoch(newest.note)
            except CheckpointInvalid as error:
                raise LogBroken(why=f"the newest checkpoint in the register is {error}") from error
        own = self._own[1]
        if own.epoch != self._verifier.epoch:
            raise LogBroken(
                why=f"the register is of epoch {own.epoch} and the keys are of epoch {self._verifier.epoch}"
            )
        if (own.size, own.root) != (size, root):
            raise LogBroken(why=f"the {size} entries in the register are not those that were signed for")

    def _require_beginning(self, kept: Checkpoint, size: int, nodes: tree.Nodes) -> None:
        if kept.epoch < self._verifier.epoch:
            return  # the entry that began this epoch names what was lost
        if kept.epoch > self._verifier.epoch:
            raise LogBroken(
                why=f"epoch {kept.epoch} has begun already, and the keys are of epoch {self._verifier.epoch}"
            )
        if kept.size > size:
            raise LogBroken(
                why=f"{kept.size} entries were signed for and the register holds {size}: it is an older copy"
            )
        if kept in self._proven:
            return
        if tree.root(kept.size, nodes) != kept.root:
            raise LogBroken(why=f"the first {kept.size} entries in the register are not those that were signed for")
        self._proven = {*list(self._proven)[-PROVEN_KEPT:], kept}

    def signed(self, note: str, checkpoint: Checkpoint) -> None:
        """Know a head that was signed just now, without checking its signature once more."""
        self._own = note, checkpoint

    def lost(self, size: int, nodes: tree.Nodes) -> Checkpoint | None:
        """The largest kept head that is not of this log's beginning: what a new epoch leaves behind."""
        kept = [checkpoint for checkpoint in map(self._checkpoint_in, self._kept) if checkpoint is not None]
        gone = [one for one in kept if one.size > size or tree.root(one.size, nodes) != one.root]
        return max(gone, key=lambda one: one.size, default=None)

    def _checkpoint_in(self, file: Path) -> Checkpoint | None:
        """The head in a file, when this log signed it. Read again only when the file is another one."""
        try:
            stamp = _stamp(file)
            known = self._read.get(file)
            if known is None or known[0] != stamp:
                known = self._read[file] = stamp, self._opened(file)
        except OSError:
            return None
        return known[1]

    def _opened(self, file: Path) -> Checkpoint | None:
        try:
            return self._verifier.open_of_any_epoch(file.read_text("utf-8", "replace"))
        except CheckpointInvalid:
            return None

    def keep(self, file: Path, note: str, checkpoint: Checkpoint) -> None:
        """Put a head that has become durable into a file, in place of the one there.

        Raises:
            OSError: it is not there.
        """
        beside = file.with_suffix(f".{os.getpid()}.new")  # another process may be writing its own
        with open(beside, "w", encoding="utf-8", opener=_private) as new:
            new.write(note)
            new.flush()
            os.fsync(new.fileno())  # a name that lasts longer than what it names would be no checkpoint
            stamp = _stamp_of(os.fstat(new.fileno()))
        beside.replace(file)
        self._read[file] = stamp, checkpoint


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _stamp(file: Path) -> _Stamp:
    return _stamp_of(file.stat())


def _stamp_of(found: os.stat_result) -> _Stamp:
    return found.st_ino, found.st_mtime_ns, found.st_size
