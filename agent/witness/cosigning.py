"""Whether to cosign: a head is cosigned only if every head that was cosigned before is the beginning of it.

The order of the questions is that of C2SP tlog-witness. Checking and keeping happen under one lock, and the answer
leaves only once the new head is durable: two requests that start from the same head cannot both be cosigned, and a
crash after the answer forgets nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.audit import tree
from agent.audit.checkpoint import CheckpointInvalid
from agent.audit.note import Note, NoteInvalid, SignatureLine, check_signed
from agent.audit.submission import Submission, read_submission
from agent.witness.memory import Memory, Watched
from agent.witness.refusal import Forked, Inconsistent, Malformed, NotSigned, OtherSize, Shrank


class Witness:
    """Cosigns heads of the logs that it watches.

    Args:
        memory: What it has seen.
        now_s: The clock.
    """

    def __init__(self, memory: Memory, now_s: Callable[[], int]) -> None:
        self.memory = memory
        self._now_s = now_s

    def answer(self, body: bytes) -> SignatureLine:
        """Cosign what was submitted, after keeping it.

        Raises:
            Refused: see `agent.witness.refusal`.
        """
        try:
            submitted = read_submission(body)
        except (NoteInvalid, CheckpointInvalid) as error:
            raise Malformed(f"this request cannot be read: {error}") from error
        key = self.memory.watched(submitted.checkpoint.origin).key
        try:
            signed = check_signed(submitted.note, key)
        except NoteInvalid as error:
            raise NotSigned("this checkpoint is not signed by the key that is pinned here") from error
        with self.memory.locked(key.name):
            watched = self.memory.watched(key.name)
            try:
                _check(submitted, watched)
            except (Forked, Inconsistent):
                self.memory.keep_refused(Note(submitted.note.text, (signed,)), submitted.checkpoint.size)
                raise
            line = self.memory.cosigner.sign(submitted.note.text, self._now_s())
            self.memory.keep(key, Note(submitted.note.text, (signed, line)))
        return line


def _check(submitted: Submission, watched: Watched) -> None:
    """Hold a submission against what was seen.

    Raises:
        Refused: it does not go on from there.
    """
    new, old_size, seen_size = submitted.checkpoint, submitted.old_size, watched.seen_size
    if old_size > new.size:
        raise Malformed("the old size is larger than the new one")
    if new.size < seen_size:
        raise Shrank(f"this log had {seen_size} entries when it was seen last, now it has fewer", seen_size=seen_size)
    if old_size != seen_size:
        raise OtherSize(f"the head that was cosigned last is of {seen_size} entries", seen_size=seen_size)
    if new.size == 0 and new.root != tree.EMPTY_ROOT:
        raise Inconsistent("the root of an empty log is another", seen_size=seen_size)
    if watched.seen is None or seen_size == 0:
        if submitted.proof:
            raise Inconsistent("a proof from an empty log is empty", seen_size=seen_size)
        return
    seen = watched.seen.checkpoint
    if new.size == seen.size and new.root != seen.root:
        raise Forked(
            f"another head of {seen_size} entries was cosigned before: this log is forked", seen_size=seen_size
        )
    try:
        tree.check_consistency(seen.size, new.size, submitted.proof, seen.root, new.root)
    except tree.ProofInvalid as error:
        raise Inconsistent(
            f"the proof does not lead from the head of {seen_size} entries that was seen to this one",
            seen_size=seen_size,
        ) from error
