"""A C2SP signed-note, taken apart strictly, and the keys that sign one (c2sp.org/signed-note, v1.0.0).

    <text, ends in a newline>\n— <key name> <base64 of key id (4) || signature>\n…

    vkey   <key name>+<key id, 8 hexadecimal digits>+<base64 of type (1) || public key>
    key id = SHA-256(<key name> || 0x0A || type || public key)[:4]

Pure. It says what a note says; whether to believe it is the business of whoever holds a key (`checkpoint`,
`cosignature`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from agent.audit.checkpoint import ED25519, KEY_ID_BYTES, Checkpoint, CheckpointInvalid

PUBLIC_KEY_BYTES = 32
ROOT_BYTES = 32
SIGNATURES_LIMIT = 100
"""Of one note; signed-note asks for at least 16."""
SIZE_LIMIT = 1 << 63
_DASH = "— "


class NoteInvalid(Exception):
    """Text that is no signed note, or a verifier key that is none."""


@dataclass(frozen=True, slots=True)
class SignatureLine:
    name: str
    key_id: bytes
    signature: bytes
    """What follows the key id: 64 bytes of Ed25519, or whatever the type of the key asks for."""

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    """With its last newline, without the blank line."""
    signatures: tuple[SignatureLine, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


def read_note(note: str) -> Note:
    """Take a note apart.

    Raises:
        NoteInvalid: see there.
    """
    if any(letter < " " and letter != "\n" for letter in note):
        raise NoteInvalid("a note holds no control characters")
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not text or not signatures.endswith("\n"):
        raise NoteInvalid("not a note: text, a blank line, signatures")
    return Note(text + "\n", read_signatures(signatures))


def read_signatures(lines: str) -> tuple[SignatureLine, ...]:
    """The signature lines of a note, by themselves.

    Raises:
        NoteInvalid: see there.
    """
    if not lines.endswith("\n") or lines.count("\n") > SIGNATURES_LIMIT:
        raise NoteInvalid("not signature lines")
    return tuple(map(_signature_line, lines.removesuffix("\n").split("\n")))


def _signature_line(line: str) -> SignatureLine:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    blob = _decoded(encoded)
    if not line.startswith(_DASH) or not is_key_name(name) or len(blob) <= KEY_ID_BYTES:
        raise NoteInvalid("not a signature line")
    return SignatureLine(name, blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])


def is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(letter.isspace() or letter < " " for letter in name)


def read_checkpoint(text: str) -> Checkpoint:
    """What the text of a note states as a checkpoint (c2sp.org/tlog-checkpoint), strictly.

    Raises:
        CheckpointInvalid: see there.
    """
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise CheckpointInvalid("a checkpoint has an origin, a size and a root")
    try:
        return Checkpoint(lines[0], tree_size(lines[1]), _root(lines[2]))
    except NoteInvalid as error:
        raise CheckpointInvalid(str(error)) from error


def tree_size(digits: str) -> int:
    """A size as it is written: decimal, no sign, no leading zeroes.

    Raises:
        NoteInvalid: see there.
    """
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(SIZE_LIMIT)):
        raise NoteInvalid("a size is a decimal number")
    size = int(digits)
    if str(size) != digits or size >= SIZE_LIMIT:
        raise NoteInvalid("a size is a decimal number without leading zeroes, below 2^63")
    return size


def _root(encoded: str) -> bytes:
    root = _decoded(encoded)
    if len(root) != ROOT_BYTES:
        raise NoteInvalid("a root has 32 bytes")
    return root


def _decoded(encoded: str) -> bytes:
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteInvalid("not base64") from error
    if base64.b64encode(decoded).decode() != encoded:
        raise NoteInvalid("not base64 as it is written here")
    return decoded


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Somebody's Ed25519 public key, with the name and the type of signature that it is good for."""

    name: str
    type: bytes
    """One byte: 0x01 a log's signature, 0x04 a cosignature with its time."""
    public: bytes

    @classmethod
    def read(cls, vkey: str) -> VerifierKey:
        """Read a vkey.

        Raises:
            NoteInvalid: it is none, its key id is of another key, or its type is not known here.
        """
        name, _, rest = vkey.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        material = _decoded(encoded)
        if not is_key_name(name) or len(material) != 1 + PUBLIC_KEY_BYTES:
            raise NoteInvalid("not a verifier key of Ed25519")
        key = cls(name, material[:1], material[1:])
        if key.key_id.hex() != key_id:
            raise NoteInvalid("the key id of this verifier key is of another key")
        return key

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.type + self.public).digest()[:KEY_ID_BYTES]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.type + self.public).decode()}"

    def lines_of(self, signatures: tuple[SignatureLine, ...]) -> list[SignatureLine]:
        """The lines that claim to be by this key; a claim is no proof."""
        return [line for line in signatures if (line.name, line.key_id) == (self.name, self.key_id)]

    def check(self, signature: bytes, message: bytes) -> None:
        """Check a bare Ed25519 signature.

        Raises:
            NoteInvalid: this key has not made it.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature as error:
            raise NoteInvalid("a signature is not by the key that it names") from error


def check_signed(note: Note, key: VerifierKey) -> SignatureLine:
    """Check that a log's key (type 0x01) has signed a note; its line.

    Raises:
        NoteInvalid: it has not, or one line in its name is not by it.
    """
    if key.type != ED25519:
        raise NoteInvalid("not the key of a log")
    lines = key.lines_of(note.signatures)
    if not lines:
        raise NoteInvalid("not signed by this key")
    for line in lines:
        key.check(line.signature, note.text.encode())
    return lines[0]
