"""However a search in the log is planned, it finds what comparing every entry with every term finds."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.engine import Register, database
from db.migrations import bring_up_to_date
from db.queries import contacts, log, log_hours, log_marks, log_plan, log_search
from db.queries.log_search import EntryFilter, EntryTerm, EntryTermKind
from tests.db.conftest import KEY, contact

ENTRIES = 600
Row = dict[str, Any]
K = EntryTermKind


def _row(lot: random.Random, seq: int) -> Row:
    at_ms = 1000 * seq if lot.random() < 0.95 else lot.randrange(1000 * ENTRIES)  # a clock that was put back
    account = lot.choice([None, "anna", "anna.berg", "mikko", "m"])
    return {
        "seq": seq,
        "at_ms": at_ms,
        "account": account,
        "uid": lot.choice([None, 0, 1000, 1001]),
        "action": lot.choice(["contact.listen", "contact.show", "contact.search", "audit.read", "file.open"]),
        "outcome": lot.choice(["allowed"] * 8 + ["refused", "failed"]),
        "target": lot.choice([None, "c1", "c2", "r-c1", "c3", "nothing"]),
        "purpose": lot.choice([None, "quality", "complaint"]),
        "case": lot.choice([None, None, None, "C-1"]),
        "reason": lot.choice([None, "out-of-scope"]),
        "said": lot.choice([(), (), ("aa",), ("aa", "bb")]),
        "session": None if account is None else f"s-{account}",
        "via": lot.choice(["tui", "cli"]),
        "request": f"q{seq % 7}",
    }


ROWS = [_row(random.Random(seq), seq) for seq in range(ENTRIES)]
NUMBERS = {"c1": "+46701740605", "c2": "+46701740605", "c3": "+46701740699"}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    register = Register(tmp_path_factory.mktemp("log") / "register.db", KEY, create=True)
    bring_up_to_date(register)

    def job() -> None:
        for contact_id, number in NUMBERS.items():
            contacts.add(contact(contact_id, number=number))
        for account in ("anna", "anna.berg", "mikko", "m"):
            database.execute_sql(
                "INSERT INTO account (user, display_name, password, created_at_ms, failures) VALUES (?, '', '', 0, 0)",
                (account,),
            )
            database.execute_sql(
                "INSERT INTO session (id, account_id, token_sha256, uid, via, created_at_ms, expires_at_ms)"
                " VALUES (?, ?, ?, 0, 'cli', 0, 0)",
                (f"s-{account}", account, account.encode()),
            )
        for row in ROWS:
            log.add([(row["seq"], _leaf(row), row)])
            log_marks.add(("said", digest, row["seq"]) for digest in row["said"])
            log_marks.add(("case", row["case"], row["seq"]) for _ in range(row["case"] is not None))

    register.write(job)
    yield register
    register.close()


def _leaf(row: Row) -> bytes:
    said = {name: row[name] for name in ("case", "reason", "request")}
    actor = {"account": row["account"], "session": row["session"], "uid": row["uid"], "via": row["via"]}
    return json.dumps({"actor": actor, **said}, sort_keys=True, separators=(",", ":")).encode()


def holds(term: EntryTerm, row: Row) -> bool:
    return _holds(term, row) != term.negated


def _holds(term: EntryTerm, row: Row) -> bool:
    value = term.value
    match term.kind:
        case K.ACTOR | K.ACTION:
            said = row["account" if term.kind is K.ACTOR else "action"]
            return value == "*" or (said is not None and said.startswith(str(value)))
        case K.AFTER:
            return bool(row["at_ms"] >= int(value))
        case K.BEFORE:
            return bool(row["at_ms"] < int(value))
        case K.OFF:
            from_ms, until_ms = map(int, str(value).split("/"))
            return not from_ms <= row["at_ms"] < until_ms
        case K.PURPOSE if value == "*":
            return row["purpose"] is not None
        case K.CONTACT:
            return row["target"] in (value, f"r-{value}")
        case K.SAME_CALLER:
            same = {one for one, number in NUMBERS.items() if number == NUMBERS.get(str(value))}
            return row["target"] in {value, *same, *(f"r-{one}" for one in same)}
        case K.NUMBER:
            those = {one for one, number in NUMBERS.items() if number == value}
            return row["target"] in {*those, *(f"r-{one}" for one in those)} or bool(set(term.marks) & set(row["said"]))
        case K.NUMBER_ENDING | K.SEARCHED:
            return bool(set(term.marks) & set(row["said"]))
        case K.REASON:
            return row["outcome"] != "allowed" and row["reason"] == value
        case _:
            return bool(row[term.kind.value] == value)


VALUES: dict[EntryTermKind, list[EntryTerm]] = {
    K.ACTOR: [EntryTerm(K.ACTOR, said) for said in ("anna", "anna.berg", "m", "nobody", "*")],
    K.ACTION: [EntryTerm(K.ACTION, said) for said in ("contact.", "contact.listen", "file", "x", "*")],
    K.OUTCOME: [EntryTerm(K.OUTCOME, said) for said in ("allowed", "refused", "failed")],
    K.TARGET: [EntryTerm(K.TARGET, said) for said in ("c1", "x")],
    K.CONTACT: [EntryTerm(K.CONTACT, said) for said in ("c1", "c2", "nothing")],
    K.SAME_CALLER: [EntryTerm(K.SAME_CALLER, said) for said in ("c1", "c3", "nothing")],
    K.NUMBER: [EntryTerm(K.NUMBER, "+46701740605", marks=marks) for marks in ((), ("bb",))],
    K.NUMBER_ENDING: [EntryTerm(K.NUMBER_ENDING, "605", marks=("aa",))],
    K.SEARCHED: [EntryTerm(K.SEARCHED, "x", marks=("aa", "cc")), EntryTerm(K.SEARCHED, "y", marks=("cc",))],
    K.PURPOSE: [EntryTerm(K.PURPOSE, said) for said in ("quality", "*", "survey")],
    K.REASON: [EntryTerm(K.REASON, said) for said in ("out-of-scope", "x")],
    K.CASE: [EntryTerm(K.CASE, "C-1")],
    K.REQUEST: [EntryTerm(K.REQUEST, "q3")],
    K.SESSION: [EntryTerm(K.SESSION, said) for said in ("s-anna", "x")],
    K.VIA: [EntryTerm(K.VIA, "cli")],
    K.UID: [EntryTerm(K.UID, said) for said in (0, 1000)],
    K.AFTER: [EntryTerm(K.AFTER, said) for said in (0, 250_000, 10**9)],
    K.BEFORE: [EntryTerm(K.BEFORE, said) for said in (0, 350_000, 10**9)],
    K.OFF: [EntryTerm(K.OFF, "200000/300000")],
}
terms = st.sampled_from([term for of_kind in VALUES.values() for term in of_kind])
some_terms = st.lists(
    st.builds(lambda term, negated: EntryTerm(term.kind, term.value, negated, term.marks), terms, st.booleans()),
    max_size=4,
    unique=True,
).map(tuple)


def test_every_kind_of_term_is_tried() -> None:
    assert set(VALUES) == set(EntryTermKind)


@settings(deadline=None, max_examples=400, database=None, derandomize=True)
@given(some_terms, st.one_of(st.none(), st.integers(-1, ENTRIES)), st.one_of(st.none(), st.integers(-1, ENTRIES)))
def test_a_search_finds_what_comparing_finds(
    filled: Register, wanted: tuple[EntryTerm, ...], up_to: int | None, after: int | None
) -> None:
    expected = [
        row["seq"]
        for row in ROWS
        if all(holds(term, row) for term in wanted)
        and (up_to is None or row["seq"] <= up_to)
        and (after is None or row["seq"] > after)
    ]
    asked = EntryFilter(wanted, up_to_seq=up_to, after_seq=after)
    with filled.read():
        newest_first = [entry.seq for entry in log_search.entries(asked, offset=0, limit=ENTRIES)]
        page = [entry.seq for entry in log_search.entries(asked, offset=3, limit=5)]
        oldest_first = [entry.seq for entry in log_search.entries_oldest_first(asked, after=100, limit=ENTRIES)]
        assert newest_first == expected[::-1]
        assert page == expected[::-1][3:8]
        assert oldest_first == [seq for seq in expected if seq > 100]
        assert log_search.count(asked) == len(expected)
        assert sum(count for _, count in log_hours.quarters(asked)) == len(expected)


@pytest.mark.parametrize("limit", [1, 7, ENTRIES])
def test_parts_by_cursor_are_the_whole(filled: Register, limit: int) -> None:
    asked = EntryFilter((EntryTerm(K.ACTOR, "anna"), EntryTerm(K.ACTION, "contact.")))
    with filled.read():
        whole = [entry.seq for entry in log_search.entries(asked, offset=0, limit=ENTRIES)]
        parts: list[int] = []
        cursor: int | None = None
        for _ in itertools.count():
            part, cursor = log_search.entries_after(asked, cursor=cursor, limit=limit)
            parts += [entry.seq for entry in part]
            if cursor is None:
                break
    assert parts == whole


@pytest.mark.parametrize(
    ("kinds", "leads"),
    [
        ([EntryTerm(K.ACTOR, "anna.berg"), EntryTerm(K.CASE, "C-1")], K.CASE),
        ([EntryTerm(K.ACTION, "contact."), EntryTerm(K.OUTCOME, "refused")], K.OUTCOME),
        ([EntryTerm(K.OUTCOME, "allowed")], None),
        ([EntryTerm(K.ACTOR, "anna", negated=True)], None),
        ([EntryTerm(K.ACTOR, "*"), EntryTerm(K.UID, 0)], None),
    ],
)
def test_the_term_with_the_fewest_entries_leads(
    kinds: list[EntryTerm], leads: EntryTermKind | None, filled: Register
) -> None:
    with filled.read():
        leader = log_plan.plan(EntryFilter(tuple(kinds))).leader
    assert (leader.kind if leader else None) == leads


def test_instants_become_places(filled: Register) -> None:
    with filled.read():
        plan = log_plan.plan(EntryFilter((EntryTerm(K.AFTER, 10**9),)))
        assert plan.first > plan.last, "nothing can be there"
        plan = log_plan.plan(EntryFilter((EntryTerm(K.AFTER, 1000 * (ENTRIES - 5)),), up_to_seq=ENTRIES - 2))
        assert plan.last <= ENTRIES - 2


@pytest.mark.parametrize("hostile", ["x' OR 1=1 --", "\x00", "\ud800", "%", "a_b", '","action":"contact.listen'])
@pytest.mark.parametrize("kind", [kind for kind in EntryTermKind if kind not in (K.UID, K.AFTER, K.BEFORE, K.OFF)])
def test_whatever_is_asked_is_only_compared(kind: EntryTermKind, hostile: str, filled: Register) -> None:
    with filled.read():
        assert log_search.count(EntryFilter((EntryTerm(kind, hostile),))) == 0
