"""The opened register: one encrypted SQLite file, many readers, one writer.

It owns connections, transactions and durability; it knows no table and no meaning. Encryption is SQLCipher's (each
page AES-256-CBC with an HMAC-SHA512 of its own) under a raw key that the caller hands in.

Writing goes through one thread. Jobs that wait together are committed together, each inside a savepoint of its own, so
that one that fails takes no other with it and eight callers share one fsync. A job's result is handed out only after
the commit is durable: `synchronous=FULL` in WAL mode syncs the log at every commit (sqlite.org/pragma.html).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

import peewee
from playhouse.sqlcipher_ext import SqlCipherDatabase

from db.held_file import HeldFile

Result = TypeVar("Result")

KEY_BYTES = 32
BATCH_JOBS = 256
"""Jobs that one commit carries at most."""
BUSY_TIMEOUT_MS = 10_000
CACHE_KIB = 4096
"""Page cache of each connection."""
WRITE_LIMIT_S = 10.0
"""How long a write may take for those who set a limit, and after which it counts as hanging."""

_peewee: Any = peewee  # its stubs do not know how it names the driver's errors
database = peewee.DatabaseProxy()
"""What every model is bound to: the register that this process has opened."""

_REQUIRED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


class RegisterError(Exception):
    """The register cannot do what was asked of it; the cause says why."""


class RegisterUnwritable(RegisterError):
    """A transaction did not become durable: disk full, read-only, an I/O error, or locked for too long."""


class RegisterUnreadable(RegisterError):
    """The file is not there, is no register, the key is not its key, or pages are damaged."""


class Participant(Protocol):
    """Keeps something in memory for one transaction, and forgets it with the job that is undone."""

    def begun(self) -> None:
        """A transaction has begun; the one before it has ended, well or not."""

    def mark(self) -> Any:
        """What `undone` needs to come back to here."""

    def undone(self, mark: Any) -> None:
        """Everything since the mark was undone."""


class _TrackedDatabase(SqlCipherDatabase):
    """Remembers its connections, so that closing the register closes those of other threads too."""

    def __init__(self, path: str, key: bytes) -> None:
        self.opened: list[Any] = []
        super().__init__(
            path,
            passphrase=f"x'{key.hex()}'",
            pragmas={**_REQUIRED, "cache_size": -CACHE_KIB, "busy_timeout": BUSY_TIMEOUT_MS},
            check_same_thread=False,
        )

    def _connect(self) -> Any:
        connection = super()._connect()
        self.opened.append(connection)
        return connection


class _Job:
    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()
        self.result: Any = None
        self.error: Exception | None = None
        self.is_given_up = False
        """Nobody waits for it any longer: it must not be kept."""


class Register:
    """An opened register. `close` it; a process has one at a time, since the models are bound to it.

    Args:
        path: The database file.
        key: 32 bytes.
        create: Make the file when it is not there.
        write_limit_s: How long a limited write may take.

    Raises:
        RegisterUnreadable: see there.
    """

    def __init__(self, path: Path, key: bytes, *, create: bool = False, write_limit_s: float = WRITE_LIMIT_S) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key of a register has {KEY_BYTES} bytes")
        if not create and not path.is_file():
            raise RegisterUnreadable("there is no database file")
        self.path = path
        self.key = key
        self.write_limit_s = write_limit_s
        self.participants: list[Participant] = []
        self.before_commit: list[Callable[[], None]] = []
        """Run inside the transaction, after the jobs; an error here undoes the whole batch."""
        self.after_commit: list[Callable[[], None]] = []
        """Run after the batch is durable, before its callers are told; they must not raise."""
        self.after_batch: list[Callable[[], None]] = []
        """Run when a batch has come to its end, well or not, after its callers were told; they must not raise."""
        self.after_failure: list[Callable[[Exception], None]] = []
        """Run when a batch was undone, with the reason, before its callers are told; they must not raise."""
        self._trouble: str | None = None
        self._busy_since_s: float | None = None
        self._held: list[HeldFile] = []
        self._database = _TrackedDatabase(str(path), key)
        try:
            self._assert_settings()
            self._carry_over()
            self._hold_files()
        except (peewee.DatabaseError, OSError) as error:
            self._close_connections()
            raise RegisterUnreadable("not a register, or not its key") from error
        database.initialize(self._database)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_batches, name="register-writer")
        self._writer.start()

    def _assert_settings(self) -> None:
        for pragma, wanted in _REQUIRED.items():
            (found,) = self._rows(f"PRAGMA {pragma}")[0]
            if found != wanted:
                raise RegisterUnreadable(f"{pragma} is {found!r} and not {wanted!r}")

    def _carry_over(self) -> None:
        """Bring what a crash has left in the write-ahead log into the file.

        A power cut in the middle of that leaves pages of the file half written. They are not used, since the log still
        holds them, but `damaged_pages` would name them.
        """
        with suppress(peewee.OperationalError):  # a full disk, a locked one: nothing is lost, the next time will do
            self._rows("PRAGMA wal_checkpoint(PASSIVE)")

    def _hold_files(self) -> None:
        """Remember the files that were opened; the write-ahead log is one of them as long as a connection is open."""
        self._rows("SELECT COUNT(*) FROM sqlite_master")  # a first read makes the write-ahead log
        self._held = [HeldFile(self.path), HeldFile(self.path.with_name(self.path.name + "-wal"))]

    @property
    def trouble(self) -> str | None:
        """Why nothing becomes durable; None when the last transaction did, and the next one can."""
        busy_since_s = self._busy_since_s
        if busy_since_s is not None and time.monotonic() - busy_since_s > self.write_limit_s:
            return f"a write has not come to its end for {time.monotonic() - busy_since_s:.0f} s"
        return self._lost() or self._trouble

    @property
    def is_waited_for(self) -> bool:
        """Whether jobs wait for the next transaction."""
        return not self._jobs.empty()

    def _lost(self) -> str | None:
        return next((why for why in (held.lost() for held in self._held) if why), None)

    @property
    def identity(self) -> tuple[int, int]:
        """Device and inode of the database file that is open."""
        return self._held[0].identity

    def close(self) -> None:
        """Finish what waits, then close every connection."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._writer.join()
        self._refuse_the_late()
        self._close_connections()

    def _refuse_the_late(self) -> None:
        """A job handed in by another thread just while the register closed would be waited for without end."""
        with suppress(queue.Empty):
            while True:
                job = self._jobs.get_nowait()
                if job is not None:
                    job.future.set_exception(RegisterUnwritable("the register is closed"))

    def _close_connections(self) -> None:
        with suppress(peewee.DatabaseError):
            self._database.close()
        for connection in self._database.opened:
            connection.close()
        self._database.opened.clear()
        for held in self._held:
            held.close()
        self._held = []

    # --- reading ---------------------------------------------------------------------------------------------------

    @contextmanager
    def read(self) -> Iterator[None]:
        """A consistent view for several queries. The thread's connection stays open for the next time.

        Raises:
            RegisterUnreadable: a page cannot be read or is not what was written.
        """
        try:
            self._database.connect(reuse_if_open=True)
            with self._database.transaction("DEFERRED"):
                yield
        except peewee.DatabaseError as error:
            raise RegisterUnreadable(_reason(error)) from error

    def damaged_pages(self) -> list[str]:
        """Check the HMAC of every page in the file (`PRAGMA cipher_integrity_check`); what is wrong, in words."""
        self._database.connect(reuse_if_open=True)
        return [str(row[0]) for row in self._rows("PRAGMA cipher_integrity_check")]

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        cursor: Any = self._database.execute_sql(sql)
        return list(cursor.fetchall())

    # --- writing ---------------------------------------------------------------------------------------------------

    def write(self, work: Callable[[], Result], *, is_limited: bool = False) -> Result:
        """Run `work` in a transaction and return its result once it is durable.

        Args:
            work: What to do.
            is_limited: Wait no longer than `write_limit_s`. What is given up while its commit is under way may still
                have become durable.

        Raises:
            RegisterUnwritable: nothing of it was kept.
            Exception: whatever `work` raised; nothing of it was kept.
        """
        if not is_limited:
            return self.submit(work).result()
        self._require_alive()
        job = self._submitted(work)
        try:
            result: Result = job.future.result(self.write_limit_s)
            return result
        except TimeoutError:
            if job.future.done():
                raise  # it is the work's own
        job.is_given_up = True
        job.future.cancel()
        raise RegisterUnwritable(f"no answer from the disk for {self.write_limit_s:g} s")

    def _require_alive(self) -> None:
        """Whoever comes while a write hangs need not wait for it too."""
        busy_since_s = self._busy_since_s
        if busy_since_s is not None and time.monotonic() - busy_since_s > self.write_limit_s:
            raise RegisterUnwritable(self.trouble or "")

    def submit(self, work: Callable[[], Result]) -> Future[Result]:
        """The same without waiting."""
        return self._submitted(work).future

    def _submitted(self, work: Callable[[], Any]) -> _Job:
        if self._closed:
            raise RegisterUnwritable("the register is closed")
        job = _Job(work)
        self._jobs.put(job)
        return job

    def _write_batches(self) -> None:
        while (first := self._jobs.get()) is not None:
            batch, stop = self._gather(first)
            self._busy_since_s = time.monotonic()
            self._commit(batch)
            for hook in self.after_batch:
                hook()
            self._busy_since_s = None
            if stop:
                break

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        batch = [first]
        with suppress(queue.Empty):
            while len(batch) < BATCH_JOBS:
                job = self._jobs.get_nowait()
                if job is None:
                    return batch, True
                batch.append(job)
        return batch, False

    def _commit(self, batch: list[_Job]) -> None:
        # From here on nobody can cancel: a job that runs is committed, and its future can be answered.
        batch = [job for job in batch if job.future.set_running_or_notify_cancel()]
        try:
            if lost := self._lost():
                raise RegisterUnwritable(lost)
            with self._database.atomic("IMMEDIATE"):
                is_changed = self._transacted(batch)
        except Exception as error:  # noqa: BLE001 - whatever it was, every caller is told and nothing was kept
            self._refuse(batch, error)
            return
        self._trouble = None
        if is_changed:
            for hook in self.after_commit:
                hook()
        for job in batch:
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)

    def _transacted(self, batch: list[_Job]) -> bool:
        """Run the jobs and what comes before a commit; whether there is something to commit."""
        for participant in self.participants:
            participant.begun()
        for job in batch:
            self._run(job)
        if all(job.error is not None for job in batch):
            return False
        for hook in self.before_commit:
            hook()
        if any(job.is_given_up for job in batch):
            raise RegisterUnwritable("it took so long that somebody was refused meanwhile")
        return True

    def _refuse(self, batch: list[_Job], error: Exception) -> None:
        unwritable = error if isinstance(error, RegisterUnwritable) else RegisterUnwritable(_reason(error))
        if unwritable is not error:
            unwritable.__cause__ = error
        self._trouble = str(unwritable)
        for told in self.after_failure:
            told(error)
        for job in batch:
            job.future.set_exception(unwritable)

    def _run(self, job: _Job) -> None:
        marks = [participant.mark() for participant in self.participants]
        self._database.execute_sql("SAVEPOINT job")
        try:
            job.result = job.work()
        except peewee.OperationalError:
            raise  # the disk, not the job: SQLite may have undone the whole transaction already
        except Exception as error:
            if type(error) is peewee.DatabaseError:
                raise  # damaged pages: nothing in this transaction can be trusted
            job.error = error
            self._database.execute_sql("ROLLBACK TO job")
            for participant, mark in zip(self.participants, marks, strict=True):
                participant.undone(mark)
        self._database.execute_sql("RELEASE job")


@contextmanager
def opened_to_read(path: Path, key: bytes) -> Iterator[None]:
    """Bind the models of this process to a register that another process has open, and that this one only reads.

    Raises:
        RegisterUnreadable: it cannot be read.
    """
    reader = _TrackedDatabase(str(path), key)
    database.initialize(reader)
    try:
        reader.execute_sql("PRAGMA query_only = ON")
        yield
    except peewee.DatabaseError as error:
        raise RegisterUnreadable(_reason(error)) from error
    finally:
        reader.close()


def execute_many(sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Run one statement for many rows, inside the running transaction."""
    with _peewee.__exception_wrapper__:
        database.connection().executemany(sql, rows)


def _reason(error: Exception) -> str:
    """SQLite's own words for what went wrong; they name no value that was written."""
    return str(error.args[0]) if isinstance(error, peewee.DatabaseError) and error.args else type(error).__name__
