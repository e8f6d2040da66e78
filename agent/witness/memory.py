"""What a witness remembers: its key, and of every log that it was told to watch the last head that it cosigned.

    DIR/                      mode 0700
        key                   mode 0600, see `agent.audit.cosignature.Cosigner.secret`
        logs/HASH             one file a log; HASH is the SHA-256 of its origin, hexadecimal
        logs/HASH.lock        held while a head is checked and kept
        refused/HASH-SIZE-…   signed heads that contradict what was seen: proof against whoever signed them

    a log's file              earwitness-witness v1\n
                              <vkey of the log>\n
                              <the checkpoint as it was cosigned, a signed note; nothing if none was>
                              sum <SHA-256 of all bytes before this line, hexadecimal>\n

A file is replaced whole: written beside, synced, renamed, the folder synced. One that is torn, cut or altered is never
taken for a log that was not seen yet; the witness then refuses until a person has looked.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agent.audit.checkpoint import Checkpoint, CheckpointInvalid
from agent.audit.cosignature import Cosigned, Cosigner, check_cosigned
from agent.audit.note import Note, NoteInvalid, VerifierKey, check_signed, is_key_name, read_checkpoint, read_note
from agent.witness.refusal import Busy, MemoryBroken, UnknownLog, Unwritable

MAGIC = "earwitness-witness v1"
LOCK_S = 10.0
"""How long a request waits for another one of the same log."""
LOCK_PAUSE_S = 0.01
REFUSED_LIMIT = 64
"""Contradicting heads that are kept of each log; the first ones say it all."""


class MemoryUnusable(Exception):
    """A witness's folder is not one, or holds something already."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The head of a log that was cosigned last."""

    note: Note
    checkpoint: Checkpoint
    cosigned: Cosigned


@dataclass(frozen=True, slots=True)
class Watched:
    """A log, and what was seen of it."""

    key: VerifierKey
    seen: Seen | None

    @property
    def seen_size(self) -> int:
        return 0 if self.seen is None else self.seen.checkpoint.size


def origin_hash(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()


class Memory:
    """A witness's folder.

    Raises:
        MemoryUnusable: `folder` is none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.cosigner = Cosigner.read((folder / "key").read_text("utf-8"))
        except FileNotFoundError as error:
            raise MemoryUnusable("there is no witness in this folder; earwitness-witness init makes one") from error
        except (NoteInvalid, UnicodeDecodeError) as error:
            raise MemoryUnusable("the key of this witness is damaged") from error

    @classmethod
    def create(cls, folder: Path, name: str) -> Memory:
        """Make a witness with a key of its own.

        Raises:
            MemoryUnusable: there is one already, or the name cannot be one of a key.
            OSError: the folder cannot be written.
        """
        if not is_key_name(name):
            raise MemoryUnusable("the name of a key has no blanks and no plus")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for inner in ("logs", "refused"):
            (folder / inner).mkdir(mode=0o700, exist_ok=True)
        secret = Cosigner(name, Ed25519PrivateKey.generate()).secret + "\n"
        try:
            # O_EXCL: a key that is there was used, and heads were cosigned with it.
            descriptor = os.open(folder / "key", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError as error:
            raise MemoryUnusable("there is a witness in this folder already") from error
        with os.fdopen(descriptor, "w") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(folder)
        return cls(folder)

    # --- logs ----------------------------------------------------------------------------------------------------

    def watch(self, key: VerifierKey) -> None:
        """Pin a log by its key. Pinned already, nothing changes.

        Raises:
            MemoryUnusable: another key is pinned under this name.
            Unwritable: see there.
            Busy: see there.
        """
        with self.locked(key.name):
            try:
                known = self.watched(key.name)
            except UnknownLog:
                self._put(key, "")
                return
        if known.key != key:
            raise MemoryUnusable("another key is pinned under the name of this log")

    def watched(self, origin: str) -> Watched:
        """What is known of a log.

        Raises:
            UnknownLog: see there.
            MemoryBroken: see there.
        """
        return self._read(self._file(origin))

    def all_watched(self) -> list[Watched | MemoryBroken]:
        """Every log; of one whose file is broken, what is wrong with it."""
        return [self._read_or_broken(file) for file in sorted((self.folder / "logs").glob("?" * 64))]

    def _read_or_broken(self, file: Path) -> Watched | MemoryBroken:
        try:
            return self._read(file)
        except MemoryBroken as broken:
            return broken

    def _read(self, file: Path) -> Watched:
        try:
            content = file.read_bytes()
        except FileNotFoundError as error:
            raise UnknownLog("this log is not pinned here (earwitness-witness add-log VKEY)") from error
        try:
            return self._parsed(content, file.name)
        except (NoteInvalid, CheckpointInvalid, UnicodeDecodeError) as error:
            raise MemoryBroken(f"what was remembered of this log is not what was written ({file.name[:16]})") from error

    def _parsed(self, content: bytes, name: str) -> Watched:
        body, mark, rest = content.rpartition(b"sum ")
        if not mark or rest != hashlib.sha256(body).hexdigest().encode() + b"\n":
            raise NoteInvalid("its sum is another")
        magic, vkey, note = body.decode("utf-8").split("\n", 2)
        key = VerifierKey.read(vkey)
        if magic != MAGIC or origin_hash(key.name) != name:
            raise NoteInvalid("of another version or of another log")
        return Watched(key, self._seen(key, note) if note else None)

    def _seen(self, key: VerifierKey, text: str) -> Seen:
        note = read_note(text)
        check_signed(note, key)
        return Seen(note, read_checkpoint(note.text), check_cosigned(note, self.cosigner.verifier))

    def keep(self, key: VerifierKey, note: Note) -> None:
        """Remember a cosigned head, durably. Inside `locked`.

        Raises:
            Unwritable: what was remembered before still is.
        """
        self._put(key, str(note))

    def _put(self, key: VerifierKey, note: str) -> None:
        body = f"{MAGIC}\n{key.vkey}\n{note}".encode()
        content = body + f"sum {hashlib.sha256(body).hexdigest()}\n".encode()
        file = self._file(key.name)
        try:
            _replace(file, content)
        except OSError as error:
            raise Unwritable(f"the new head could not be kept ({error.strerror})") from error

    @contextmanager
    def locked(self, origin: str) -> Iterator[None]:
        """Keep every other request for this log waiting.

        Raises:
            Busy: another one holds it for too long.
            Unwritable: the lock cannot be made.
        """
        try:
            lock = os.open(self._file(origin).with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unwritable(f"the witness's folder cannot be written ({error.strerror})") from error
        try:
            _lock(lock, time.monotonic() + LOCK_S)
            yield
        finally:
            os.close(lock)

    def keep_refused(self, submitted: Note, size: int) -> None:
        """Keep a signed head that contradicts what was seen, as far as there is room for it."""
        origin = submitted.text.partition("\n")[0]
        digest = hashlib.sha256(submitted.text.encode()).hexdigest()[:16]
        folder = self.folder / "refused"
        name = f"{origin_hash(origin)}-{size}-{digest}"
        with suppress(OSError):  # it is refused all the same
            if self.refused_of(origin) < REFUSED_LIMIT and not (folder / name).exists():
                _replace(folder / name, str(submitted).encode())

    def refused_of(self, origin: str) -> int:
        """How many contradicting heads of a log were kept."""
        return sum(1 for _file in (self.folder / "refused").glob(origin_hash(origin) + "-*"))

    def _file(self, origin: str) -> Path:
        return self.folder / "logs" / origin_hash(origin)


def _lock(descriptor: int, until_s: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until_s:
                raise Busy("another request holds this log for too long") from error
            time.sleep(LOCK_PAUSE_S)
        else:
            return


def _replace(file: Path, content: bytes) -> None:
    beside = file.with_name(file.name + ".new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as out:
            view = memoryview(content)
            while view:
                view = view[out.write(view) :]
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
