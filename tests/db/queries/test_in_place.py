"""Recordings in place, read some at a time."""

from __future__ import annotations

import random

from db.engine import Register
from db.queries import contacts, in_place
from db.records import InPlaceRecord
from tests.db.conftest import contact


def test_each_of_a_source_comes_once_whatever_its_name_and_however_many_had_it(register: Register) -> None:
    paths = [b"b", b"a/1.wav", b"\xff\xfe", b"a/1.wav", b"a/1.wav", b"'; --", b"", b"\x00", b"a/1.wav"]
    random.Random(1).shuffle(paths)

    def add() -> None:
        for number, path in enumerate(paths):
            contacts.add(contact(f"c{number}"))
            source = "other" if number == 4 else "pbx"
            in_place.add(InPlaceRecord(f"r-c{number}", "", bytes(32), source, path, "1:2:3:4:5", "present"))

    register.write(add)
    for limit in range(1, len(paths) + 1):
        found: list[InPlaceRecord] = []
        with register.read():
            while some := in_place.of_source("pbx", found[-1] if found else None, limit):
                found += some
        assert sorted(record.recording_id for record in found) == [f"r-c{n}" for n in range(len(paths)) if n != 4]


def test_the_next_are_found_without_sorting_all(register: Register) -> None:
    """Else a spool of a hundred thousand is sorted some hundred times."""
    asked: list[str] = []
    connection = register._database.connection()
    after = InPlaceRecord("r", "c", bytes(32), "pbx", b"a", "", "present")
    with register.read():
        connection.set_trace_callback(asked.append)
        in_place.of_source("pbx", after, 10)
        connection.set_trace_callback(None)
    [query] = [statement for statement in asked if statement.startswith("SELECT")]
    plan = [step[-1] for step in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert any("inplace_source_path (source=? AND path>" in step for step in plan)
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan
