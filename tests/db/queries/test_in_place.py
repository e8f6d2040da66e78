"""Recordings in place, read some at a time."""

from __future__ import annotations

import random
from collections.abc import Callable

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


def test_what_stands_open_is_counted_up_to_an_entry_and_no_further(register: Register) -> None:
    def add() -> None:
        for number, (source, state, seq) in enumerate(
            [
                ("pbx", "vanished", 5),
                ("pbx", "vanished", 7),
                ("pbx", "changed", 6),
                ("pbx", "changed", None),
                ("pbx", "present", None),
                ("other", "vanished", 8),
            ]
        ):
            contacts.add(contact(f"c{number}"))
            in_place.add(InPlaceRecord(f"r-c{number}", "", bytes(32), source, b"a", "1:2:3:4:5", state))
            in_place.note(f"r-c{number}", seq)

    def counted(source: str, up_to_seq: int = in_place.LAST_SEQ) -> dict[str, tuple[int, int]]:
        with register.read():
            return {one.state: (one.count, one.newest_seq) for one in in_place.open_states(source, up_to_seq)}

    register.write(add)
    assert counted("pbx") == {"changed": (1, 6), "vanished": (2, 7)}
    assert counted("pbx", 5) == {"vanished": (1, 5)}
    register.write(lambda: in_place.acknowledge("pbx", 6))
    assert counted("pbx") == {"vanished": (1, 7)}
    assert counted("other") == {"vanished": (1, 8)}


def test_those_that_are_acknowledged_are_not_looked_at_again(register: Register) -> None:
    """A recorder that empties its folder leaves a hundred thousand of them, and it is asked at every look."""
    plan = plan_of(register, lambda: in_place.open_states("pbx"))
    assert any("USING COVERING INDEX inplace_source_noted_seq_state (source=? AND noted_seq>" in step for step in plan)


def plan_of(register: Register, ask: Callable[[], object]) -> list[str]:
    """How SQLite answers the one question that is asked."""
    asked: list[str] = []
    connection = register._database.connection()
    with register.read():
        connection.set_trace_callback(asked.append)
        ask()
        connection.set_trace_callback(None)
    [query] = [statement for statement in asked if statement.startswith("SELECT")]
    return [step[-1] for step in connection.execute(f"EXPLAIN QUERY PLAN {query}")]


def test_the_next_are_found_without_sorting_all(register: Register) -> None:
    """Else a spool of a hundred thousand is sorted some hundred times."""
    after = InPlaceRecord("r", "c", bytes(32), "pbx", b"a", "", "present")
    plan = plan_of(register, lambda: in_place.of_source("pbx", after, 10))
    assert any("inplace_source_path (source=? AND path>" in step for step in plan)
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan
