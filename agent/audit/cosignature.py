"""A witness's signature under a checkpoint, with its time: C2SP tlog-cosignature, cosignature/v1, Ed25519.

    signed      cosignature/v1\ntime <POSIX seconds, decimal>\n<text of the note, with its last newline>

    offset  bytes  of the signature line's blob
    ──────  ─────  ───────────────────────────────────────────────────────────
    0       4      key id: SHA-256(<name> || 0x0A || 0x04 || public key)[:4]
    4       8      time, seconds since 1970, big endian
    12      64     Ed25519 signature

It says: at that time, this was the largest head of this log that the witness had seen, and every head that it had
seen before is the beginning of it. Pure.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.audit.checkpoint import SIGNATURE_BYTES
from agent.audit.note import Note, NoteInvalid, SignatureLine, VerifierKey

COSIGNATURE = b"\x04"
TIME_BYTES = 8
SEED_BYTES = 32
_SECRET = "PRIVATE+KEY+"  # noqa: S105 - the word that such keys begin with, not one of them


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A cosignature that was checked."""

    time_s: int
    line: SignatureLine


def cosigned_message(text: str, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


class Cosigner:
    """Signs as a witness.

    Args:
        name: Of the key; should be a URL without its scheme, `witness.example/w1`.
        key: The witness's own.
    """

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.verifier = VerifierKey(name, COSIGNATURE, key.public_key().public_bytes_raw())

    def sign(self, text: str, time_s: int) -> SignatureLine:
        if not 0 < time_s < 1 << 63:
            raise ValueError("a cosignature has a time")
        signature = self._key.sign(cosigned_message(text, time_s))
        verifier = self.verifier
        return SignatureLine(verifier.name, verifier.key_id, time_s.to_bytes(TIME_BYTES, "big") + signature)

    @property
    def secret(self) -> str:
        """The private key, `PRIVATE+KEY+<name>+<key id>+<base64 of 0x04 || seed>`: a vkey turned inside out."""
        seed = base64.b64encode(COSIGNATURE + self._key.private_bytes_raw()).decode()
        return f"{_SECRET}{self.verifier.name}+{self.verifier.key_id.hex()}+{seed}"

    @classmethod
    def read(cls, secret: str) -> Cosigner:
        """Read what `secret` wrote.

        Raises:
            NoteInvalid: it is none.
        """
        name, _, rest = secret.strip().removeprefix(_SECRET).partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            material = base64.b64decode(encoded, validate=True)
            cosigner = cls(name, Ed25519PrivateKey.from_private_bytes(material[1:]))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise NoteInvalid("not a private key of a witness") from error
        if material[:1] != COSIGNATURE or cosigner.verifier.key_id.hex() != key_id:
            raise NoteInvalid("not a private key of a witness")
        return cosigner


def check_cosigned(note: Note, key: VerifierKey) -> Cosigned:
    """Check that a witness's key (type 0x04) has cosigned a note.

    Raises:
        NoteInvalid: it has not, or a line in its name is not by it.
    """
    if key.type != COSIGNATURE:
        raise NoteInvalid("not the key of a witness")
    lines = key.lines_of(note.signatures)
    if not lines:
        raise NoteInvalid("not cosigned by this key")
    return max((_checked(line, note.text, key) for line in lines), key=lambda cosigned: cosigned.time_s)


def _checked(line: SignatureLine, text: str, key: VerifierKey) -> Cosigned:
    if len(line.signature) != TIME_BYTES + SIGNATURE_BYTES:
        raise NoteInvalid("not a cosignature")
    time_s = int.from_bytes(line.signature[:TIME_BYTES], "big")
    if not 0 < time_s < 1 << 63:
        raise NoteInvalid("a cosignature has a time")
    key.check(line.signature[TIME_BYTES:], cosigned_message(text, time_s))
    return Cosigned(time_s, line)
