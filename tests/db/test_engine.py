"""The opened register: durable, shared by many, honest about what it could not do."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import peewee
import pytest

from db.engine import Register, RegisterUnreadable, RegisterUnwritable, database
from db.queries import contacts, removals
from db.records import RemovalRecord
from tests.db.conftest import KEY, contact

REPOSITORY = Path(__file__).parents[2]


def removal(id: str) -> RemovalRecord:
    return RemovalRecord(id, "pbx", b"a.wav", device=1, inode=2, size_bytes=3, mtime_ns=4)


def stored_ids(register: Register) -> list[str]:
    with register.read():
        return [record.id for record in removals.pending()]


class HeldWriter:
    """Keeps the writer busy, so that what is handed in meanwhile waits together."""

    def __init__(self, register: Register) -> None:
        self._go_on = threading.Event()
        self._is_held = threading.Event()
        self._held = register.submit(self._wait)
        assert self._is_held.wait(10)

    def _wait(self) -> None:
        self._is_held.set()
        assert self._go_on.wait(10)

    def release(self) -> None:
        self._go_on.set()
        self._held.result(10)


# --- opening -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
def test_every_connection_is_durable_and_strict(register: Register, pragma: str, value: str | int) -> None:
    def asked() -> str | int:
        return database.execute_sql(f"PRAGMA {pragma}").fetchone()[0]  # type: ignore[no-any-return]  # any column

    assert register.write(asked) == value
    with register.read():
        assert asked() == value


def test_nothing_is_in_the_clear_on_disk(register: Register, tmp_path: Path) -> None:
    register.write(lambda: contacts.add(contact("c1", adviser="Unmistakable Name")))
    register.close()
    for file in tmp_path.iterdir():
        held = file.read_bytes()
        assert b"Unmistakable" not in held
        assert b"SQLite format 3" not in held


def test_another_key_does_not_open_it(register: Register) -> None:
    register.close()
    with pytest.raises(RegisterUnreadable, match="not its key"):
        Register(register.path, bytes(32))


def test_a_file_that_is_no_register_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(b"something else entirely, long enough to be a page" * 200)
    with pytest.raises(RegisterUnreadable):
        Register(path, KEY)
    assert path.read_bytes().startswith(b"something else")


def test_a_missing_file_is_not_made_by_accident(tmp_path: Path) -> None:
    with pytest.raises(RegisterUnreadable, match="no database file"):
        Register(tmp_path / "register.db", KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_key_of_another_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Register(tmp_path / "register.db", b"short", create=True)


# --- writing -------------------------------------------------------------------------------------------------------


def test_what_was_written_is_there_for_the_next_process(register: Register) -> None:
    register.write(lambda: removals.add(removal("a")))
    register.close()
    again = Register(register.path, KEY)
    try:
        assert stored_ids(again) == ["a"]
    finally:
        again.close()


def test_jobs_that_wait_together_are_committed_together(register: Register) -> None:
    commits: list[None] = []
    register.after_commit.append(lambda: commits.append(None))
    held = HeldWriter(register)
    futures = [register.submit(lambda id=id: removals.add(removal(id))) for id in "abcdefgh"]
    held.release()
    for future in futures:
        future.result(10)
    assert stored_ids(register) == list("abcdefgh")
    assert len(commits) == 2


def test_a_job_that_fails_takes_no_other_with_it(register: Register) -> None:
    def half() -> None:
        removals.add(removal("half"))
        raise LookupError("no such thing")

    held = HeldWriter(register)
    before = register.submit(lambda: removals.add(removal("before")))
    failed = register.submit(half)
    twice = register.submit(lambda: removals.add(removal("before")))
    after = register.submit(lambda: removals.add(removal("after")))
    held.release()
    before.result(10)
    after.result(10)
    with pytest.raises(LookupError):
        failed.result(10)
    with pytest.raises(peewee.IntegrityError):
        twice.result(10)
    assert stored_ids(register) == ["after", "before"]


def test_an_error_before_the_commit_fails_every_job_and_keeps_none(register: Register) -> None:
    def refuse() -> None:
        raise OSError("the log cannot be signed")

    held = HeldWriter(register)
    register.before_commit.append(refuse)
    futures = [register.submit(lambda id=id: removals.add(removal(id))) for id in "ab"]
    with pytest.raises(RegisterUnwritable):
        held.release()
    for future in futures:
        with pytest.raises(RegisterUnwritable):
            future.result(10)
    assert register.trouble is not None
    register.before_commit.clear()
    assert stored_ids(register) == []
    register.write(lambda: removals.add(removal("c")))
    assert stored_ids(register) == ["c"]
    assert register.trouble is None


def test_a_caller_is_told_only_after_the_commit(register: Register) -> None:
    told: list[bool] = []
    future = HeldWriter(register)
    written = register.submit(lambda: removals.add(removal("a")))
    register.after_commit.append(lambda: told.append(written.done()))
    future.release()
    written.result(10)
    assert told[-1] is False


def test_a_job_that_was_cancelled_is_not_done_and_harms_nobody(register: Register) -> None:
    held = HeldWriter(register)
    cancelled = register.submit(lambda: removals.add(removal("cancelled")))
    kept = register.submit(lambda: removals.add(removal("kept")))
    assert cancelled.cancel()
    held.release()
    kept.result(10)
    assert stored_ids(register) == ["kept"]


def test_closing_finishes_what_waits(register: Register) -> None:
    held = HeldWriter(register)
    waiting = [register.submit(lambda id=id: removals.add(removal(id))) for id in "abc"]
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(register.close)
        held.release()
        closing.result(10)
    for future in waiting:
        future.result(0)
    with pytest.raises(RegisterUnwritable, match="closed"):
        register.write(lambda: None)


def test_a_seq_is_never_used_twice(register: Register) -> None:
    first = register.write(lambda: contacts.add(contact("c1", recordings=())))
    register.write(lambda: database.execute_sql("DELETE FROM contact"))
    assert register.write(lambda: contacts.add(contact("c2", recordings=()))) > first


# --- what hangs, what is taken away --------------------------------------------------------------------------------


def test_a_write_that_hangs_is_given_up_and_never_kept(register: Register) -> None:
    register.write_limit_s = 0.1
    held = HeldWriter(register)
    with pytest.raises(RegisterUnwritable, match="no answer"):
        register.write(lambda: removals.add(removal("queued")), is_limited=True)
    assert "has not come to its end" in (register.trouble or "")
    with pytest.raises(RegisterUnwritable, match="has not come to its end"):  # at once, and not after another while
        register.write(lambda: removals.add(removal("later")), is_limited=True)
    held.release()
    assert stored_ids(register) == []
    register.write(lambda: removals.add(removal("after")), is_limited=True)
    assert register.trouble is None
    assert stored_ids(register) == ["after"]


def test_a_job_that_was_given_up_while_it_ran_is_undone(register: Register) -> None:
    register.write_limit_s = 0.1
    go_on = threading.Event()

    def slow() -> None:
        removals.add(removal("slow"))
        assert go_on.wait(10)

    with pytest.raises(RegisterUnwritable, match="no answer"):
        register.write(slow, is_limited=True)
    go_on.set()
    register.write(lambda: removals.add(removal("after")))
    assert stored_ids(register) == ["after"]


def test_a_time_out_of_the_works_own_is_told_as_it_is(register: Register) -> None:
    def failing() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        register.write(failing, is_limited=True)


@pytest.mark.parametrize("suffix", ["", "-wal"])
@pytest.mark.parametrize("way", ["deleted", "moved away", "replaced"])
def test_a_file_that_is_taken_away_is_noticed_before_anything_is_written(
    register: Register, suffix: str, way: str
) -> None:
    register.write(lambda: removals.add(removal("a")))
    file = register.path.with_name(register.path.name + suffix)
    aside = file.with_name("aside")
    if way == "deleted":
        file.unlink()
    else:
        file.rename(aside)
    if way == "replaced":
        shutil.copy(aside, file)
    with pytest.raises(RegisterUnwritable, match=f"{file.name} was .* while it was in use"):
        register.write(lambda: removals.add(removal("b")))
    assert "while it was in use" in (register.trouble or "")
    if way != "deleted":
        aside.replace(file)
        register.write(lambda: removals.add(removal("c")))
        assert register.trouble is None
        assert stored_ids(register) == ["a", "c"]


def test_a_participant_forgets_what_was_undone(register: Register) -> None:
    class Counting:
        def __init__(self) -> None:
            self.kept: list[str] = []

        def begun(self) -> None:
            self.kept.clear()

        def mark(self) -> int:
            return len(self.kept)

        def undone(self, mark: int) -> None:
            del self.kept[mark:]

    def failing() -> None:
        counting.kept.append("undone")
        raise LookupError

    counting = Counting()
    held = HeldWriter(register)
    register.participants.append(counting)
    futures = [
        register.submit(lambda: counting.kept.append("first")),
        register.submit(failing),
        register.submit(lambda: counting.kept.append("third")),
    ]
    held.release()
    assert isinstance(futures[1].exception(10), LookupError)
    futures[2].result(10)
    assert counting.kept == ["first", "third"]
    register.write(lambda: None)
    assert counting.kept == []


# --- reading -------------------------------------------------------------------------------------------------------


def test_a_reader_sees_one_state_throughout(register: Register) -> None:
    with register.read():
        before = removals.pending()
        register.write(lambda: removals.add(removal("a")))
        assert removals.pending() == before == []
    assert stored_ids(register) == ["a"]


def test_a_whole_file_has_no_damaged_page(register: Register) -> None:
    register.write(lambda: removals.add(removal("a")))
    assert register.damaged_pages() == []


def test_a_flipped_bit_is_found(register: Register) -> None:
    register.write(lambda: contacts.add(contact("c1")))
    register.close()
    held = bytearray(register.path.read_bytes())
    held[len(held) // 2] ^= 1
    register.path.write_bytes(held)
    damaged = Register(register.path, KEY)
    try:
        assert len(damaged.damaged_pages()) == 1
    finally:
        damaged.close()


# --- a full disk ---------------------------------------------------------------------------------------------------

FILL = """
import sys
from pathlib import Path
from db.engine import Register, RegisterUnwritable
from db.queries import removals
from db.records import RemovalRecord

register = Register(Path(sys.argv[1]), bytes(range(32)))
kept = 0
try:
    while True:
        name = f"{kept:06}"
        register.write(lambda: removals.add(RemovalRecord(name, "pbx", b"x" * 3000, 1, 2, 3, 4)))
        kept += 1
except RegisterUnwritable as error:
    print(kept, error)
finally:
    register.close()
"""


def test_a_full_disk_refuses_and_keeps_what_it_promised(register: Register) -> None:
    register.close()
    room_bytes = register.path.stat().st_size + 200_000

    def limit_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room_bytes, room_bytes))

    told = run([sys.executable, "-c", FILL, str(register.path)], limit_files)
    kept = int(told.split()[0])
    assert kept > 0
    again = Register(register.path, KEY)
    try:
        assert stored_ids(again) == [f"{place:06}" for place in range(kept)]
        assert again.damaged_pages() == []
    finally:
        again.close()


def run(command: list[str], before: Callable[[], None]) -> str:
    finished = subprocess.run(command, preexec_fn=before, capture_output=True, text=True, timeout=60, check=True)
    return finished.stdout
