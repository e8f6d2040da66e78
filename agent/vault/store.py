"""Where sealed recordings lie, and how one gets there so that no crash can lose it.

    vault/7c/7c…e1.sealed    a sealed recording, named by its id
    vault/new/7c…e1          one that is being written; whatever lies here at a start is left over from a crash

A recording counts as sealed once its file has been written, synced, read back, decrypted and compared, renamed to its
place, and the folder synced. Whether it is also catalogued is the register's to say. Several may be written one after
the other and settled at their places together: one sync of the folders then serves them all.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from agent.vault.keys import KEY_BYTES, Keys, SealBroken
from agent.vault.sealed import SealedReader, decryptor, encryptor

READ_BYTES = 1 << 18
SUFFIX = ".sealed"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing a file gave."""

    sha256: bytes
    """Of the untouched file."""
    size_bytes: int
    wrapped_key: bytes


class Vault:
    """The sealed recordings of an installation."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder = folder
        self._new = folder / "new"
        self._keys = keys

    def create(self) -> None:
        """Make the folders that are not there yet: all at once, so that sealing never has to wait for a new one."""
        self._new.mkdir(mode=0o700, parents=True, exist_ok=True)
        for first in range(256):
            (self._folder / f"{first:02x}").mkdir(mode=0o700, exist_ok=True)
        _sync_folder(self._folder)

    def seal(self, recording_id: str, source: BinaryIO) -> Sealed:
        """Seal everything that `source` holds from its start, durably, and leave `source` open.

        Raises:
            OSError: disk full, I/O error; nothing is left at the recording's place.
            SealBroken: what was read back is not what was written.
        """
        sealed = self.write(recording_id, source)
        self.settle([recording_id])
        return sealed

    def write(self, recording_id: str, source: BinaryIO) -> Sealed:
        """Write and prove a sealed copy beside the places of the others; `settle` puts it there.

        Raises:
            OSError, SealBroken: as `seal`; nothing is left.
        """
        key = secrets.token_bytes(KEY_BYTES)
        unproven = self._new / recording_id
        try:
            sha256, size_bytes = self._write(unproven, key, recording_id, source)
            self._prove(unproven, key, recording_id, sha256)
        except BaseException:
            unproven.unlink(missing_ok=True)
            raise
        return Sealed(sha256, size_bytes, self._keys.wrap(recording_id, key))

    def settle(self, recording_ids: Sequence[str]) -> None:
        """Put proven copies at their places, durably: all of them, or none.

        Raises:
            OSError: nothing of them is left.
        """
        try:
            for recording_id in recording_ids:
                (self._new / recording_id).rename(self._place(recording_id))
            for folder in {self._place(recording_id).parent for recording_id in recording_ids}:
                _sync_folder(folder)
        except BaseException:
            for recording_id in recording_ids:
                self.discard(recording_id)
            raise

    @staticmethod
    def _write(file: Path, key: bytes, recording_id: str, source: BinaryIO) -> tuple[bytes, int]:
        sealing, hashing, size_bytes = encryptor(key, recording_id), hashlib.sha256(), 0
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            source.seek(0)
            while part := source.read(READ_BYTES):
                hashing.update(part)
                size_bytes += len(part)
                target.write(sealing.update(part))
            target.write(sealing.finalize())
            target.flush()
            os.fsync(descriptor)
        return hashing.digest(), size_bytes

    @staticmethod
    def _prove(file: Path, key: bytes, recording_id: str, sha256: bytes) -> None:
        """Read a copy back, with the library's own decryptor: from start to end it is faster than ours by the chunk."""
        opening, hashing = decryptor(key, recording_id), hashlib.sha256()
        try:
            with file.open("rb", buffering=0) as sealed:
                while part := sealed.read(READ_BYTES):
                    hashing.update(opening.update(part))
            hashing.update(opening.finalize())
        except InvalidTag as error:
            raise SealBroken(f"recording {recording_id}, read back") from error
        if hashing.digest() != sha256:
            raise SealBroken(f"recording {recording_id}, read back")

    def open(self, recording_id: str, wrapped_key: bytes) -> SealedReader:
        """A sealed recording in the clear.

        Raises:
            SealBroken: the file or its key is not what was written, or the file is gone.
        """
        key = self._keys.unwrap(recording_id, wrapped_key)
        try:
            file = self._place(recording_id).open("rb")
        except FileNotFoundError as error:
            raise SealBroken(f"recording {recording_id}, sealed file missing") from error
        try:
            return SealedReader(file, key, recording_id)
        except BaseException:
            file.close()
            raise

    def check(self, recording_id: str, wrapped_key: bytes, sha256: bytes) -> None:
        """Read a whole recording and compare it with what was taken in.

        Raises:
            SealBroken: see there.
        """
        with self.open(recording_id, wrapped_key) as reader:
            if hash_of(reader) != sha256:
                raise SealBroken(f"recording {recording_id}, content")

    def is_sealed(self, recording_id: str) -> bool:
        """Whether there is a sealed file at the recording's place; `check` says whether it is whole."""
        return self._place(recording_id).is_file()

    def discard(self, recording_id: str) -> None:
        """Remove a sealed file that the register does not know, at its place or before it got there."""
        (self._new / recording_id).unlink(missing_ok=True)
        self._place(recording_id).unlink(missing_ok=True)

    def sealed_ids(self) -> Iterator[str]:
        """Of every sealed file at its place."""
        for file in self._folder.glob(f"??/*{SUFFIX}"):
            yield file.name.removesuffix(SUFFIX)

    def sweep_unproven(self) -> int:
        """Remove what a crash left half written; how many."""
        left = list(self._new.iterdir())
        for file in left:
            file.unlink()
        return len(left)

    def _place(self, recording_id: str) -> Path:
        return self._folder / recording_id[:2] / f"{recording_id}{SUFFIX}"


def hash_of(reader: SealedReader) -> bytes:
    """SHA-256 of a recording in the clear."""
    hashing, position = hashlib.sha256(), 0
    while part := reader.read_at(position, READ_BYTES):
        hashing.update(part)
        position += len(part)
    return hashing.digest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
