"""The keys of an installation: made once, kept in files of their own, handed out only derived.

    keys_dir/master.key    32 random bytes; all below but the log's key is derived from it (HKDF-SHA256, RFC 5869)
        database           opens the register
        recording          wraps the key of each recording (AES-256-GCM)
        digest             HMAC of what people typed, for the log
        snapshot           HMAC of the tokens of paged lists
    keys_dir/log.key       32 bytes, the Ed25519 seed that signs checkpoints; apart, so that it can be moved away

A recording's key is random and its own: wrapped it is 60 bytes, nonce (12) || ciphertext (32) || tag (16), bound to the
recording's id. Without the wrapped key a recording is gone, and new master keys rewrap keys, not recordings.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
MASTER_FILE = "master.key"
LOG_FILE = "log.key"


class KeysUnusable(Exception):
    """The key files are missing, of the wrong size, or readable by others."""


class SealBroken(Exception):
    """What was sealed, or its key, is not what was written."""


class Keys:
    """Derives every key that the agent needs. See the module for which."""

    def __init__(self, master: bytes, log_seed: bytes) -> None:
        self._master = master
        self.database = self._derived("database")
        self.digest = self._derived("digest")
        self.snapshot = self._derived("snapshot")
        self._wrapping = AESGCM(self._derived("recording"))
        self.log_signing = Ed25519PrivateKey.from_private_bytes(log_seed)

    def _derived(self, use: str) -> bytes:
        info = f"earwitness/{use}/v1".encode()
        return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info).derive(self._master)

    def wrap(self, recording_id: str, key: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, key, _bound_to(recording_id))

    def unwrap(self, recording_id: str, wrapped: bytes) -> bytes:
        """The recording's key.

        Raises:
            SealBroken: it was altered, or belongs to another recording or installation.
        """
        try:
            return self._wrapping.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _bound_to(recording_id))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"the wrapped key of {recording_id}") from error


def _bound_to(recording_id: str) -> bytes:
    return f"earwitness/recording-key/v1/{recording_id}".encode()


def create_keys(keys_dir: Path) -> Keys:
    """Make the keys of a new installation.

    Raises:
        FileExistsError: there are keys already; they are never overwritten.
    """
    keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (MASTER_FILE, LOG_FILE):
        descriptor = os.open(keys_dir / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o400)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(descriptor)
    return load_keys(keys_dir)


def load_keys(keys_dir: Path) -> Keys:
    """Read the keys.

    Raises:
        KeysUnusable: see there.
    """
    return Keys(_read(keys_dir / MASTER_FILE), _read(keys_dir / LOG_FILE))


def _read(file: Path) -> bytes:
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as opened:
            if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
                raise KeysUnusable(f"{file.name} can be read by others: chmod 600")
            key = opened.read(KEY_BYTES + 1)
    except OSError as error:
        raise KeysUnusable(f"{file.name}: {error.strerror}") from error
    if len(key) != KEY_BYTES:
        raise KeysUnusable(f"{file.name} does not have {KEY_BYTES} bytes")
    return key
