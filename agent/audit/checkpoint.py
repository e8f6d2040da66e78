"""A signed head of the log: C2SP tlog-checkpoint inside a C2SP signed-note, Ed25519.

    <origin>\n<tree size, decimal>\n<root hash, base64>\n\n— <key name> <base64 of key id (4) || signature (64)>\n

Key id and verifier key ("vkey") are those of c2sp.org/signed-note, signature type 0x01. Origin and key name are the
same word, made from the public key, so that two installations never share one, and from the epoch of the log:
`earwitness-` and 16 hexadecimal digits in the first, `-2`, `-3`, … behind it later (`agent.audit.epoch`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64
_EPOCH = re.compile(r"-(?<=[0-9a-f]{16}-)([1-9][0-9]{0,8})\Z")
"""What stands behind the name of the key in the origin of every epoch but the first."""


class CheckpointInvalid(Exception):
    """A note is not a checkpoint, or not one that this key signed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    epoch: int = 1


class CheckpointSigner:
    """Signs heads with the log's own key, in one epoch."""

    def __init__(self, key: Ed25519PrivateKey, epoch: int = 1) -> None:
        self._key = key
        self.verifier = CheckpointVerifier.of(key.public_key(), epoch)

    @property
    def epoch(self) -> int:
        return self.verifier.epoch

    def in_epoch(self, epoch: int) -> CheckpointSigner:
        """The same key in another epoch."""
        return CheckpointSigner(self._key, epoch)

    def sign(self, size: int, root: bytes) -> str:
        text = f"{self.verifier.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = self.verifier.key_id + self._key.sign(text.encode())
        return f"{text}\n— {self.verifier.origin} {base64.b64encode(signature).decode()}\n"


class CheckpointVerifier:
    """Knows one log by its public key, in one epoch."""

    def __init__(self, origin: str, key: Ed25519PublicKey, epoch: int = 1) -> None:
        self.origin = origin
        self.epoch = epoch
        self._key = key
        self._raw = key.public_bytes_raw()
        self.key_id = hashlib.sha256(origin.encode() + b"\n" + ED25519 + self._raw).digest()[:KEY_ID_BYTES]

    @classmethod
    def of(cls, key: Ed25519PublicKey, epoch: int = 1) -> CheckpointVerifier:
        fingerprint = hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
        return cls(f"earwitness-{fingerprint}" + (f"-{epoch}" if epoch > 1 else ""), key, epoch)

    @property
    def vkey(self) -> str:
        """The verifier key in the encoding of signed-note, for other people's tools."""
        return f"{self.origin}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self._raw).decode()}"

    def open(self, note: str) -> Checkpoint:
        """Check a note's signature and read the checkpoint in it.

        Raises:
            CheckpointInvalid: see there.
        """
        text, _blank, signatures = note.partition("\n\n")
        try:
            origin, size, root = text.split("\n")[:3]
            checkpoint = Checkpoint(origin, int(size), base64.b64decode(root, validate=True), self.epoch)
        except (ValueError, binascii.Error) as error:
            raise CheckpointInvalid("not a checkpoint") from error
        if origin != self.origin:
            raise CheckpointInvalid("a checkpoint of another log")
        *lines, end = signatures.split("\n")
        if end:
            raise CheckpointInvalid("not a signed note: its last line has no end")
        for line in lines:
            if self._is_ours(line, (text + "\n").encode()):
                return checkpoint
        raise CheckpointInvalid("not signed by the key of this log")

    def open_of_any_epoch(self, note: str) -> Checkpoint:
        """The same for a note that this log's key signed in whichever epoch; the checkpoint says which.

        Raises:
            CheckpointInvalid: see there.
        """
        origin, _, _ = note.partition("\n")
        behind = _EPOCH.search(origin)
        return CheckpointVerifier.of(self._key, int(behind[1]) if behind else 1).open(note)

    def _is_ours(self, line: str, signed: bytes) -> bool:
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != "—" or name != self.origin:
            return False
        try:
            blob = base64.b64decode(encoded, validate=True)
            self._key.verify(blob[KEY_ID_BYTES:], signed)
        except (ValueError, InvalidSignature):  # not base64; not even ASCII
            return False
        is_canonical = base64.b64encode(blob).decode() == encoded
        return is_canonical and blob[:KEY_ID_BYTES] == self.key_id
