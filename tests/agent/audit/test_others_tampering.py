"""Everything that somebody with the key to the database can do to a log of 200 entries: `verify` finds it and names it.

The other tests of `verify` show each way once. Here each is tried at every place there is.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.audit.entry import AGENT, Actor, Draft
from agent.audit.verify import Verification
from agent.installation import Installation, checkpoint_file, create, database_file, open_installation
from agent.settings import Settings, Source
from agent.wire import Outcome
from db.engine import database
from tests.agent.clock import Clock
from tests.agent.stored import verified

ENTRIES = 200
COLUMNS = "at_ms, account, uid, action, outcome, target, purpose"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A log as a working day writes it, whole. Each test puts back what it changes."""
    folder = tmp_path_factory.mktemp("log")
    source = Source(name="pbx", spool=folder / "spool")
    house = create(Settings(state_dir=folder / "state", socket=folder / "agent.sock", source=[source]), now_ms=Clock())
    write(house, ENTRIES)
    assert found(house) == []
    yield house
    house.close()


def write(house: Installation, count: int) -> None:
    actors = [AGENT, Actor("anna.berg", 1001, "tui", "4f1d"), Actor("the.manager", 1002, "cli", "77aa")]
    for number in range(count):
        outcome = Outcome.REFUSED if number % 7 == 3 else Outcome.ALLOWED
        purpose = "quality" if number % 3 else None
        detail = {"query": house.log.digest("number", str(number)), "from_ms": number}
        draft = Draft(actors[number % 3], "test.happened", outcome, f"c{number}", purpose, None, None, detail, "r")
        house.log.record(draft)


def found(house: Installation) -> list[str]:
    return [str(finding) for finding in verified(house, recordings=False).findings]


def sql(house: Installation, statement: str, *rows: tuple[object, ...]) -> None:
    """Change what is stored, behind the agent's back, in one transaction."""

    def job() -> None:
        for row in rows or [()]:
            database.execute_sql(statement, row)

    house.register.write(job)


def rows(house: Installation, question: str) -> list[tuple[object, ...]]:
    with house.register.read():
        return [tuple(row) for row in database.execute_sql(question).fetchall()]


@contextmanager
def put_back(house: Installation) -> Iterator[None]:
    """Whatever is changed inside is as it was afterwards."""
    tables = {
        "entry": f"seq, leaf, {COLUMNS}",
        "tree_node": "level, place, hash",
        "checkpoint": "size, at_ms, note",
    }
    kept = {table: rows(house, f"SELECT {columns} FROM {table}") for table, columns in tables.items()}  # noqa: S608
    try:
        yield
    finally:
        for table, columns in tables.items():
            marks = ", ".join("?" * len(columns.split(", ")))
            sql(house, f"DELETE FROM {table}")  # noqa: S608
            sql(house, f"INSERT INTO {table} ({columns}) VALUES ({marks})", *kept[table])  # noqa: S608


def named(findings: list[str]) -> set[int]:
    """The entries that findings name."""
    names: set[int] = set()
    for words in findings:
        if (several := re.match(r"entry (\d+) to (\d+) are missing", words)) is not None:
            names |= set(range(int(several[1]), int(several[2]) + 1))
        elif (one := re.match(r"entry (-?\d+) ", words)) is not None:
            names.add(int(one[1]))
    return names


# --- every byte ------------------------------------------------------------------------------------------------------


def flipped(content: bytes, offset: int) -> bytes:
    return content[:offset] + bytes([content[offset] ^ (1 << offset % 8)]) + content[offset + 1 :]


def leaves_of(house: Installation) -> list[bytes]:
    return [bytes(leaf) for (leaf,) in rows(house, "SELECT leaf FROM entry ORDER BY seq")]  # type: ignore[call-overload]  # a BLOB


def test_every_flipped_byte_of_every_entry_is_found_and_its_entry_named(log: Installation) -> None:
    """The bytes at one offset of all entries at once: each must be named for itself."""
    leaves = leaves_of(log)
    assert sum(map(len, leaves)) > 50_000
    for offset in range(max(map(len, leaves))):
        reached = [seq for seq, leaf in enumerate(leaves) if offset < len(leaf)]
        sql(log, "UPDATE entry SET leaf = ? WHERE seq = ?", *((flipped(leaves[seq], offset), seq) for seq in reached))
        findings = found(log)
        sql(log, "UPDATE entry SET leaf = ? WHERE seq = ?", *((leaves[seq], seq) for seq in reached))
        assert named(findings) == set(reached), f"offset {offset}"
    assert found(log) == []


def test_a_byte_that_is_flipped_alone_is_found_too(log: Installation) -> None:
    leaves = leaves_of(log)
    for seq, leaf in enumerate(leaves):
        offset = seq * 7919 % len(leaf)
        sql(log, "UPDATE entry SET leaf = ? WHERE seq = ?", (flipped(leaf, offset), seq))
        findings = found(log)
        sql(log, "UPDATE entry SET leaf = ? WHERE seq = ?", (leaf, seq))
        assert named(findings) == {seq}


def test_every_flipped_byte_of_every_node_of_the_tree_is_found(log: Installation) -> None:
    nodes = {(int(str(level)), int(str(place))): bytes(digest) for level, place, digest in nodes_of(log)}
    change = "UPDATE tree_node SET hash = ? WHERE level = ? AND place = ?"
    for offset in range(32):
        sql(log, change, *((flipped(digest, offset), *place) for place, digest in nodes.items()))
        findings = found(log)
        sql(log, change, *((digest, *place) for place, digest in nodes.items()))
        assert named(findings) == set(range(ENTRIES))
        above = {f"tree node {level}/{place} " for level, place in nodes if level}
        assert {words[: len(name)] for words in findings for name in above if words.startswith(name)} == above
    assert found(log) == []


def nodes_of(house: Installation) -> list[tuple[object, object, bytes]]:
    found_rows = rows(house, "SELECT level, place, hash FROM tree_node")
    return [(level, place, digest) for level, place, digest in found_rows if isinstance(digest, bytes)]


def test_every_flipped_byte_of_the_signed_head_is_found(log: Installation) -> None:
    ((size, note),) = rows(log, "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1")
    beside = checkpoint_file(log.settings)
    text = str(note).encode()
    assert beside.read_bytes() == text
    for offset in range(len(text)):
        altered = flipped(text, offset)
        beside.write_bytes(altered)
        sql(log, "UPDATE checkpoint SET note = ? WHERE size = ?", (altered.decode("utf-8", "replace"), size))
        findings = found(log)
        beside.write_bytes(text)
        sql(log, "UPDATE checkpoint SET note = ? WHERE size = ?", (note, size))
        assert any(words.startswith("checkpoint beside the database") for words in findings), offset
        assert any(words.startswith(f"checkpoint of size {ENTRIES}") for words in findings), offset
    assert found(log) == []


# --- every row -------------------------------------------------------------------------------------------------------


def test_every_removed_entry_is_named(log: Installation) -> None:
    for seq in range(ENTRIES):
        with put_back(log):
            sql(log, "DELETE FROM entry WHERE seq = ?", (seq,))
            assert named(found(log)) == {seq}
    assert found(log) == []


def exchanged(house: Installation, one: int, other: int) -> None:
    for before, after in ((one, -1), (other, one), (-1, other)):
        sql(house, "UPDATE entry SET seq = ? WHERE seq = ?", (after, before))


def test_every_two_neighbours_that_changed_places_are_named(log: Installation) -> None:
    for seq in range(ENTRIES - 1):
        exchanged(log, seq, seq + 1)
        findings = found(log)
        exchanged(log, seq, seq + 1)
        assert named(findings) == {seq, seq + 1}
    assert found(log) == []


def test_every_entry_that_was_put_at_the_end_once_more_is_named(log: Installation) -> None:
    for seq in range(ENTRIES):
        sql(log, f"INSERT INTO entry SELECT ?, leaf, {COLUMNS} FROM entry WHERE seq = ?", (ENTRIES, seq))  # noqa: S608
        findings = found(log)
        sql(log, "DELETE FROM entry WHERE seq = ?", (ENTRIES,))
        assert named(findings) == {ENTRIES}
    assert found(log) == []


# --- an end that was cut, an older copy ------------------------------------------------------------------------------


def cut(house: Installation, size: int) -> None:
    """Take away entries from the end, and all that would tell of them inside the database."""
    sql(house, "DELETE FROM entry WHERE seq >= ?", (size,))
    sql(house, "DELETE FROM tree_node WHERE (place + 1) << level > ?", (size,))
    sql(house, "DELETE FROM checkpoint WHERE size > ?", (size,))


def test_an_end_that_was_cut_anywhere_is_named_by_the_head_beside_the_database(log: Installation) -> None:
    with put_back(log):
        for size in range(ENTRIES - 1, -1, -1):
            cut(log, size)
            beside = [words for words in found(log) if words.startswith("checkpoint beside the database")]
            assert beside == [f"checkpoint beside the database: signed for {ENTRIES} entries, {size} are there"]
    assert found(log) == []


def test_an_end_that_was_cut_anywhere_is_named_by_a_head_that_an_auditor_kept(log: Installation) -> None:
    """The one beside the database is gone: whoever cut the end took it along."""
    beside = checkpoint_file(log.settings)
    note = beside.read_text("utf-8")
    with put_back(log):
        for size in range(ENTRIES - 1, -1, -1):
            cut(log, size)
            beside.unlink(missing_ok=True)
            verification = Verification(log.register, log.log.signer.verifier, log.vault, beside)
            report = verification.run(recordings=False, remembered={"of an auditor": note})
            named_by = [str(finding) for finding in report.findings if "of an auditor" in str(finding)]
            assert named_by == [f"checkpoint of an auditor: signed for {ENTRIES} entries, {size} are there"]
        beside.write_text(note, "utf-8")
    assert found(log) == []


@contextmanager
def reopened(house: Installation, settings: Settings) -> Iterator[Installation]:
    again = open_installation(settings, now_ms=house.now_ms)
    try:
        yield again
    finally:
        again.close()


def test_an_older_copy_of_the_database_is_named(tmp_path: Path) -> None:
    """Put back at each of some ages, with the head beside it left, gone, or put back too."""
    source = Source(name="pbx", spool=tmp_path / "spool")
    settings = Settings(state_dir=tmp_path / "state", socket=tmp_path / "agent.sock", source=[source])
    house = create(settings, now_ms=Clock())
    ages = (1, 2, 63, 64, 65, 199)
    for age in ages:
        write(house, age - int(verified(house, recordings=False).entries))
        house.close()
        shutil.copy(database_file(settings), tmp_path / f"older-{age}")
        shutil.copy(checkpoint_file(settings), tmp_path / f"head-{age}")
        house = open_installation(settings, now_ms=house.now_ms)
    write(house, 1)
    remembered = checkpoint_file(settings).read_text("utf-8")
    house.close()
    for age in ages:
        shutil.copy(tmp_path / f"older-{age}", database_file(settings))
        with reopened(house, settings) as put:
            said = f"signed for {ENTRIES} entries, {age} are there"
            assert f"checkpoint beside the database: {said}" in found(put)
        checkpoint_file(settings).unlink()
        with reopened(house, settings) as put:
            assert "checkpoint beside the database: it is not there" in found(put)
        checkpoint_file(settings).write_text(remembered, "utf-8")
