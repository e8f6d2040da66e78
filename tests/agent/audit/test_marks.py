from __future__ import annotations

import pytest

from agent.audit.digest import digest
from agent.audit.entry import AGENT, Draft, leaf_of
from agent.audit.marks import mark_of, marks_of
from agent.wire import Outcome

A, B = (digest(bytes(32), "text", word) for word in ("a", "b"))


def marks(**entry: object) -> list[tuple[str, str]]:
    return marks_of(leaf_of(Draft(AGENT, "test.happened", Outcome.ALLOWED, **entry), 0, 0))  # type: ignore[arg-type]


def test_digests_are_marks_wherever_they_stand() -> None:
    assert marks(detail={"query": f"text:{A} -tag:{B} direction:in", "shown": 3}) == [
        ("said", mark_of(A)),
        ("said", mark_of(B)),
    ]
    assert marks(target=A) == [("said", mark_of(A))]


def test_the_same_digest_twice_is_one_mark() -> None:
    assert marks(detail={"query": f"text:{A} text:{A}"}) == [("said", mark_of(A))]


def test_a_case_is_a_mark() -> None:
    assert marks(case="C-118") == [("case", "C-118")]


@pytest.mark.parametrize("detail", [{}, {"query": "hmac:short"}, {"query": None}, {"n": 5}])
def test_most_entries_have_none(detail: dict[str, str | int | None]) -> None:
    assert marks(detail=detail, target="c1") == []
