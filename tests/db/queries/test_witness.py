"""Cosignatures are thinned to one an hour, refusals are news once, positions move."""

from __future__ import annotations

import pytest

from db.engine import Register
from db.queries import witness
from db.records import CosignatureRecord

HOUR_MS = 3_600_000


def cosignature(size: int, at_ms: int, name: str = "w") -> CosignatureRecord:
    return CosignatureRecord(name, size, at_ms, f"note {size}\n", f"line {size}\n")


def sizes(register: Register, name: str = "w") -> list[int]:
    with register.read():
        return [size for size in range(200) for one in witness.cosignatures_of(size) if one.witness == name]


def test_the_first_of_an_hour_and_the_newest_are_kept(register: Register) -> None:
    for size in range(1, 100):
        register.write(lambda size=size: witness.add_cosignature(cosignature(size, size * HOUR_MS // 20)))
        register.write(lambda size=size: witness.add_cosignature(cosignature(size, size * HOUR_MS // 20, "other")))
        with register.read():
            assert witness.newest_cosignature("w") == cosignature(size, size * HOUR_MS // 20)
    assert sizes(register) == sizes(register, "other") == [1, 20, 40, 60, 80, 99]


def test_the_same_head_cosigned_again_takes_the_place_of_the_first(register: Register) -> None:
    for at_ms in (1, 2):
        register.write(lambda at_ms=at_ms: witness.add_cosignature(cosignature(7, at_ms)))
    with register.read():
        assert witness.cosignatures_of(7) == [cosignature(7, 2)]
        assert witness.newest_cosigned_note() == cosignature(7, 2)
        assert witness.newest_cosignature("nobody") is None


def test_a_refusal_is_news_once_until_the_witness_cosigns_again(register: Register) -> None:
    def told(word: str = "forked", size: int = 7) -> bool:
        return register.write(lambda: witness.add_refusal("w", word, size, 1))

    assert [told(), told(), told(size=8), told("shrank"), told()] == [True, False, True, True, False]
    register.write(lambda: witness.end_refusals("w"))
    assert told()


@pytest.mark.parametrize("first", [0, 5])
def test_a_position_is_where_it_was_left(register: Register, first: int) -> None:
    with register.read():
        assert witness.forward_position("siem") is None
    for next_seq in (first, first + 1):
        register.write(lambda next_seq=next_seq: witness.set_forward_position("siem", next_seq, 1))
    with register.read():
        assert witness.forward_position("siem") == first + 1
        assert witness.forward_position("other") is None
