"""Migrated, the schema is the models'; every migration goes back and forth; what is stored stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import peewee
import pytest
from playhouse.migrations import Runner

from db.engine import Register, database
from db.migrations import FOLDER, bring_up_to_date, pending
from db.models import TABLES
from db.queries import annotations, contacts, in_place, log, log_words
from db.queries.contacts import ContactFilter, Term, TermKind
from db.records import CheckpointRecord, OpenStateRecord
from tests.db.conftest import KEY, contact

SCRIPTS = sorted(script.stem for script in FOLDER.glob("0*.py"))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Register]:
    opened = Register(tmp_path / "register.db", KEY, create=True)
    yield opened
    opened.close()


def schema() -> dict[str, str]:
    rows = database.execute_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: sql for name, sql in rows if not name.startswith("schema_migration")}


def down(register: Register, steps: int = len(SCRIPTS)) -> None:
    for _step in range(steps):
        register.write(lambda: Runner(database.obj, str(FOLDER)).down())


def test_the_migrated_schema_is_that_of_the_models(empty: Register) -> None:
    bring_up_to_date(empty)
    migrated = schema()
    down(empty)
    empty.write(lambda: database.create_tables(TABLES))
    assert migrated == schema()


def test_a_register_goes_up_and_down_and_up(empty: Register) -> None:
    assert pending(empty) == SCRIPTS
    assert bring_up_to_date(empty) == SCRIPTS
    assert pending(empty) == []
    assert bring_up_to_date(empty) == []
    migrated = schema()
    down(empty)
    assert set(schema()) <= {"sqlite_sequence"}
    assert bring_up_to_date(empty) == SCRIPTS
    assert schema() == migrated


def test_what_is_stored_outlives_another_start(empty: Register, tmp_path: Path) -> None:
    bring_up_to_date(empty)
    empty.write(lambda: contacts.add(contact("c1", tags=("vip",))))
    empty.close()
    again = Register(tmp_path / "register.db", KEY)
    try:
        assert bring_up_to_date(again) == []
        with again.read():
            assert [found.id for found in contacts.page(wanted("vip"), sort="adviser", offset=0, limit=9)] == ["c1"]
    finally:
        again.close()


def test_the_log_is_the_same_before_and_after_its_indexes_change(empty: Register) -> None:
    def rows() -> list[tuple[object, ...]]:
        with empty.read():
            return [
                *database.execute_sql("SELECT * FROM entry ORDER BY seq").fetchall(),
                *database.execute_sql("SELECT * FROM checkpoint ORDER BY size").fetchall(),
            ]

    def job() -> None:
        columns = dict.fromkeys(("account", "uid", "target", "purpose"), None)
        log.add((seq, b"leaf", {**columns, "at_ms": 5, "action": "a", "outcome": "allowed"}) for seq in (0, 1, 2**40))
        log.add_checkpoint(CheckpointRecord(3, 5, "note"))

    bring_up_to_date(empty)
    empty.write(job)
    before = rows()
    assert len(before) == 4
    down(empty, len(SCRIPTS) - 1)
    assert rows() == before
    bring_up_to_date(empty)
    assert rows() == before


def test_words_and_entries_of_before_the_review_are_found_by_it(empty: Register) -> None:
    """What was kept as a reason stays one, and searches that are in the log already are found by their digests."""
    digest = "0123456789abcdef" * 2
    leaf = {"case": "C-1", "target": None, "detail": {"query": f"number:hmac:{digest}", "shown": 3}}
    columns = {**dict.fromkeys(("account", "uid", "target", "purpose"), None), "at_ms": 5, "outcome": "allowed"}

    def job() -> None:
        log.add((seq, said, {**columns, "action": "a"}) for seq, said in enumerate((json.dumps(leaf).encode(), b"{}")))
        database.execute_sql("INSERT INTO said (digest, text, at_ms) VALUES ('hmac:x', 'a reason', 7)")

    def asked(sql: str) -> list[tuple[object, ...]]:
        with empty.read():
            return list(database.execute_sql(sql).fetchall())

    bring_up_to_date(empty)
    down(empty, len(SCRIPTS) - SCRIPTS.index("0004_review"))
    empty.write(job)
    bring_up_to_date(empty)
    assert asked("SELECT * FROM said") == [("hmac:x", "reason", "a reason", 7)]
    assert asked("SELECT * FROM entry_mark ORDER BY kind") == [("case", "C-1", 0), ("said", digest, 0)]
    empty.write(lambda: log_words.keep(log_words.SEARCH, "hmac:y", "+46701740605", 8))
    down(empty, len(SCRIPTS) - SCRIPTS.index("0004_review"))
    assert asked("SELECT * FROM said") == [("hmac:x", "a reason", 7)]


def test_what_was_changed_or_gone_before_it_could_be_acknowledged_stands_open(empty: Register) -> None:
    def add() -> None:
        for number, state in enumerate(("present", "changed", "vanished", "vanished")):
            contacts.add(contact(f"c{number}"))
            row = (f"r-c{number}", "pbx", b"a", "1:2:3:4:5", state)
            database.execute_sql("INSERT INTO in_place VALUES (?, ?, ?, ?, ?)", row)

    def rows() -> list[tuple[object, ...]]:
        with empty.read():
            return list(database.execute_sql("SELECT recording_id, state FROM in_place ORDER BY 1").fetchall())

    steps = len(SCRIPTS) - SCRIPTS.index("0007_acknowledged")
    bring_up_to_date(empty)
    down(empty, steps)
    empty.write(add)
    before = rows()
    bring_up_to_date(empty)
    with empty.read():
        assert in_place.open_states("pbx") == [OpenStateRecord("changed", 1, 0), OpenStateRecord("vanished", 2, 0)]
    down(empty, steps)
    assert rows() == before


def test_words_that_were_removed_are_gone_from_the_index(register: Register) -> None:
    register.write(lambda: contacts.add(contact("c1", tags=("hemlig",))))
    register.write(lambda: annotations.remove_tag("c1", "hemlig"))
    blocks = database.execute_sql("SELECT block FROM contact_text_data").fetchall()
    assert not any(b"hemlig" in bytes(block) for (block,) in blocks)


def test_a_failed_migration_leaves_nothing(empty: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise peewee.IntegrityError("halfway")

    before = schema()
    monkeypatch.setattr(peewee.Database, "create_tables", fail)
    with pytest.raises(peewee.IntegrityError):
        bring_up_to_date(empty)
    monkeypatch.undo()
    assert schema() == before
    assert pending(empty) == SCRIPTS


def wanted(text: str) -> ContactFilter:
    return ContactFilter((Term(TermKind.TEXT, text),))
