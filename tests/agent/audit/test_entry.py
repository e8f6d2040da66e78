"""Leaves: the same entry always has the same bytes, and a change of them is a change of version."""

from __future__ import annotations

import pytest

from agent.audit.digest import digest
from agent.audit.entry import Actor, Draft, LeafInvalid, columns_of, columns_of_leaf, leaf_of, read_leaf
from agent.wire import Outcome

DRAFT = Draft(
    actor=Actor(account="anna.berg", uid=1001, via="tui", session="s1"),
    action="contact.listen",
    outcome=Outcome.ALLOWED,
    target="abcdefghijkl",
    purpose="complaint",
    case="C-118",
    detail={"recording": "7c", "to_ms": 161000, "from_ms": 0, "note": None, "adviser": "Åsa"},
    request_id="r1",
)
GOLDEN = (
    '{"action":"contact.listen","actor":{"account":"anna.berg","session":"s1","uid":1001,"via":"tui"},'
    '"at":"2026-11-23T12:02:03.045Z","case":"C-118","detail":{"adviser":"Åsa","from_ms":0,"note":null,'
    '"recording":"7c","to_ms":161000},"outcome":"allowed","purpose":"complaint","reason":null,"request":"r1",'
    '"seq":41,"target":"abcdefghijkl","v":1}'
).encode()
AT_MS = 1795435323045


def test_version_1_has_just_these_bytes() -> None:
    assert leaf_of(DRAFT, 41, AT_MS) == GOLDEN


def test_a_leaf_reads_back_with_its_columns() -> None:
    fields = read_leaf(GOLDEN)
    assert fields["at_ms"] == AT_MS
    assert columns_of_leaf(fields) == columns_of(DRAFT, AT_MS)


@pytest.mark.parametrize(
    "stored",
    [b"", b"{}", b"[]", b'{"v":2}', b"\xff", GOLDEN[:-1], GOLDEN.replace(b'"v":1', b'"v":9'), b'{"v":1,"at":7}'],
)
def test_what_is_no_leaf_is_refused(stored: bytes) -> None:
    with pytest.raises(LeafInvalid):
        read_leaf(stored)


def test_a_digest_depends_on_key_kind_and_words_and_shows_none_of_them() -> None:
    made = digest(b"k" * 32, "number", "+46701740605")
    assert made == digest(b"k" * 32, "number", "+46701740605")
    others = {
        digest(b"j" * 32, "number", "+46701740605"),
        digest(b"k" * 32, "text", "+46701740605"),
        digest(b"k" * 32, "number", "+46701740606"),
    }
    assert made not in others
    assert len(others) == 3
    assert "1740605" not in made


def test_words_that_are_no_unicode_have_a_digest_too() -> None:
    assert digest(b"k" * 32, "text", "\udce5").startswith("hmac:")
