"""The format of a sealed recording: C2SP chunked-encryption, Cobblestone-256 (c2sp.org/chunked-encryption).

    offset            bytes         what
    ────────────────  ────────────  ─────────────────────────────────────────────────────────────────
    0                 24            salt, random
    24                32            commitment to the key, the salt and the context
    56 + k * 16400    16384 + 16    chunk k: AES-256-GCM ciphertext and tag, nonce = base nonce XOR k
    …                 0..16383 + 16 last chunk: always shorter than a full one, so the end is authenticated

Chunk key (32), base nonce (12) and commitment (32) come from HKDF-Expand-SHA512 of the recording's key over
"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\\0" || salt || context. The context is the recording's id, so that a
sealed file cannot stand in for another.

Writing is the library's. Reading a part is ours, since the library reads only from the start to the end; its decryptor
is the check on ours in the tests.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import constant_time, hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from agent.vault.keys import SealBroken
from agent.vault.random_access import RandomAccess

CHUNK_BYTES = 16384
TAG_BYTES = 16
SALT_BYTES = 24
COMMITMENT_BYTES = 32
HEADER_BYTES = SALT_BYTES + COMMITMENT_BYTES
_NONCE_BYTES = 12
_KEY_BYTES = 32
_LABEL = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"


def context_of(recording_id: str) -> bytes:
    return f"earwitness/recording/v1/{recording_id}".encode()


def encryptor(key: bytes, recording_id: str) -> Cobblestone256Encryptor:
    return Cobblestone256Encryptor(key, context_of(recording_id))


def decryptor(key: bytes, recording_id: str) -> Cobblestone256Decryptor:
    """The library's own, for a whole file from its start to its end; it raises `InvalidTag`."""
    return Cobblestone256Decryptor(key, context_of(recording_id))


class SealedReader(RandomAccess):
    """A sealed recording as a file that can be read and sought, in the clear. Every byte is authenticated first.

    Args:
        file: The sealed file; it is closed with this reader.
        key: The recording's own, 32 bytes.
        recording_id: Whose seal it must be.

    Raises:
        SealBroken: now or at any read: altered, cut, lengthened, or sealed for another id or key.
    """

    def __init__(self, file: BinaryIO, key: bytes, recording_id: str) -> None:
        super().__init__(size_bytes=0)  # until the length is known to be the true one
        self._file = file
        self._id = recording_id
        self._cached: tuple[int, bytes] = (-1, b"")
        sealed_bytes = file.seek(0, io.SEEK_END)
        file.seek(0)
        header = file.read(HEADER_BYTES)
        salt, commitment = header[:SALT_BYTES], header[SALT_BYTES:]
        derived = HKDFExpand(
            hashes.SHA512(),
            _KEY_BYTES + _NONCE_BYTES + COMMITMENT_BYTES,
            _LABEL + salt + context_of(recording_id),
        ).derive(key)
        if not constant_time.bytes_eq(derived[_KEY_BYTES + _NONCE_BYTES :], commitment):
            raise SealBroken(f"recording {recording_id}, header")
        self._aead = AESGCM(derived[:_KEY_BYTES])
        self._base_nonce = int.from_bytes(derived[_KEY_BYTES:][:_NONCE_BYTES], "big")
        self._last, rest = divmod(sealed_bytes - HEADER_BYTES, CHUNK_BYTES + TAG_BYTES)
        if rest < TAG_BYTES:
            raise SealBroken(f"recording {recording_id}, length")
        self.size_bytes = self._last * CHUNK_BYTES + rest - TAG_BYTES
        self._chunk(self._last)  # only the true last chunk opens here: the length is authenticated

    def read_at(self, start: int, size_bytes: int) -> bytes:
        """`size_bytes` from `start` on, fewer at the end."""
        stop = min(start + size_bytes, self.size_bytes)
        if start >= stop:
            return b""
        first, last = start // CHUNK_BYTES, (stop - 1) // CHUNK_BYTES
        clear = b"".join(self._chunk(number) for number in range(first, last + 1))
        return clear[start - first * CHUNK_BYTES : stop - first * CHUNK_BYTES]

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        if self._cached[0] == number:
            return self._cached[1]
        self._file.seek(HEADER_BYTES + number * (CHUNK_BYTES + TAG_BYTES))
        sealed = self._file.read(CHUNK_BYTES + TAG_BYTES)
        is_full = len(sealed) == CHUNK_BYTES + TAG_BYTES
        if is_full != (number < self._last) or len(sealed) < TAG_BYTES:
            raise SealBroken(f"recording {self._id}, chunk {number}")
        nonce = (self._base_nonce ^ number).to_bytes(_NONCE_BYTES, "big")
        try:
            clear = self._aead.decrypt(nonce, sealed, None)
        except InvalidTag as error:
            raise SealBroken(f"recording {self._id}, chunk {number}") from error
        self._cached = (number, clear)
        return clear
