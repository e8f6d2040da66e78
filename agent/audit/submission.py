"""What a log hands to a witness: a new checkpoint with its consistency proof (C2SP tlog-witness, `add-checkpoint`).

    old <size that the witness cosigned last>\n
    <hash, base64>\n            0 to 63 times: RFC 6962, section 2.1.2
    \n
    <signed checkpoint>

Pure.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from agent.audit.checkpoint import Checkpoint
from agent.audit.note import Note, NoteInvalid, read_checkpoint, read_note, tree_size
from agent.audit.tree import HASH_BYTES

PROOF_LIMIT = 63
BYTES_LIMIT = 64 * 1024
"""Of a whole submission: 63 hashes, a checkpoint and a hundred signatures take less."""
ADD_CHECKPOINT = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
"""Content type of the answer that names the size which the witness cosigned last."""
REFUSAL_HEADER = "Earwitness-Refusal"
"""Of our own witness: the word for why it refused, see `agent.witness.refusal`. Others send none."""


@dataclass(frozen=True, slots=True)
class Submission:
    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @property
    def body(self) -> bytes:
        hashes = "".join(base64.b64encode(digest).decode() + "\n" for digest in self.proof)
        return f"old {self.old_size}\n{hashes}\n{self.note}".encode()


def read_submission(body: bytes) -> Submission:
    """Read the body of a request.

    Raises:
        NoteInvalid, CheckpointInvalid: it is not written as it must be.
    """
    try:
        head, blank, note = body.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError as error:
        raise NoteInvalid("not UTF-8") from error
    first, *hashes = head.split("\n")
    if not blank or not first.startswith("old ") or len(hashes) > PROOF_LIMIT:
        raise NoteInvalid("not a submission: old size, proof, a blank line, a checkpoint")
    signed = read_note(note)
    old_size = tree_size(first.removeprefix("old "))
    return Submission(old_size, tuple(map(_hash, hashes)), signed, read_checkpoint(signed.text))


def _hash(encoded: str) -> bytes:
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteInvalid("a proof is made of hashes in base64") from error
    if len(digest) != HASH_BYTES:
        raise NoteInvalid("a hash has 32 bytes")
    return digest
