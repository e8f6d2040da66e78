"""Every filter in every order, against a plain reading of the same contacts in Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Register
from db.migrations import bring_up_to_date
from db.queries import annotations, contact_plan, contacts
from db.queries.contacts import ContactFilter, Term, TermKind
from db.records import ContactRecord
from tests.db.conftest import KEY, contact

HOW_MANY = 120
ADVISERS = (("Anna Berg", "anna.berg"), ("Åsa Ek", "asa.ek"), ("Bo Ström", None), (None, None))
SERVICES = ("Vatten", "Akut jour", "Återvinning", None)
NUMBERS = ("+46701740605", "+46701740615", "+447700900123", None)
TAGS = ("klagomål", "Vatten", "vip")
NOTES = ("Kunden ringde om vatten", "Läcka på Åsgatan")


def drawn_contacts(lot: random.Random) -> list[ContactRecord]:
    made = []
    for place in range(HOW_MANY):
        adviser, account = lot.choice(ADVISERS)
        number = lot.choice(NUMBERS)
        made.append(
            contact(
                f"c{place:03}",
                started_at_ms=lot.randrange(40) * 1000,
                duration_ms=lot.randrange(30) * 1000,
                direction=lot.choice(("in", "out", None)),
                number=number,
                withheld=number is None and lot.random() < 0.5,
                adviser=adviser,
                adviser_account=account,
                service=lot.choice(SERVICES),
                source=lot.choice(("pbx", "old")),
                attention=lot.choice((None, None, "no-length")),
                tags=tuple(sorted(lot.sample(TAGS, lot.choice((0, 0, 1, 2))))),
                cases=lot.choice(((), (), ("HRM-1",), ("HRM-2",))),
                recordings=(),
            )
        )
    return made


class Known:
    """What is in a register; no dataclass, since hypothesis would print the whole of it."""

    def __init__(self, register: Register, records: list[ContactRecord]) -> None:
        self.register = register
        self.records = records


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """A register, and all that is in it as plain records with their notes' texts in `provenance`."""
    folder: Path = tmp_path_factory.mktemp("agree")
    register = Register(folder / "register.db", KEY, create=True)
    bring_up_to_date(register)
    lot = random.Random(20)
    stored = []
    for made in drawn_contacts(lot):
        seq = register.write(lambda made=made: contacts.add(made))
        said = lot.choice((None, None, None, *NOTES))
        if said is not None:
            register.write(
                lambda made=made, said=said: annotations.add_note(
                    made.id, at_ms=1, author="anna.berg", text=said, position_ms=None
                )
            )
        stored.append(replace(made, seq=seq, notes=int(said is not None), provenance=said or ""))
    yield Known(register, stored)
    register.close()


@pytest.fixture(params=["few", "many"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once as with few contacts, once as with so many that indexes are walked."""
    if request.param == "many":
        monkeypatch.setattr(contact_plan, "FEW_INDEXED", 3)
        monkeypatch.setattr(contact_plan, "FEW_MEMBERS", 3)


# --- the plain reading ---------------------------------------------------------------------------------------------


def begins(value: str | None, beginning: str) -> bool:
    return value is not None and value.casefold().startswith(beginning.casefold())


def has_words(record: ContactRecord, text: str) -> bool:
    named = f"{record.adviser or ''} {record.service or ''} {record.provenance} {' '.join(record.tags)}"
    there = named.casefold().split()
    *whole, last = text.casefold().split()
    return all(has_word(record, word, word in there) for word in whole) and has_word(
        record, last, any(word.startswith(last) for word in there)
    )


def has_word(record: ContactRecord, word: str, is_there: bool) -> bool:
    if is_there or not word.isdigit() or len(word) < 3 or record.number is None:
        return is_there
    return record.number.startswith(f"+{word}") or record.number.endswith(word.removeprefix("0"))


HOLDS: dict[TermKind, Callable[[ContactRecord, str | int], bool]] = {
    TermKind.TEXT: lambda record, value: has_words(record, str(value)),
    TermKind.NUMBER: lambda record, value: record.number == value,
    TermKind.NUMBER_ENDING: lambda record, value: (record.number or "").endswith(str(value)),
    TermKind.WITHHELD: lambda record, value: record.withheld,
    TermKind.ADVISER: lambda record, value: (
        begins(record.adviser, str(value)) or begins(record.adviser_account, str(value))
    ),
    TermKind.SERVICE: lambda record, value: begins(record.service, str(value)),
    TermKind.DIRECTION: lambda record, value: record.direction == value,
    TermKind.AFTER: lambda record, value: record.started_at_ms >= int(value),
    TermKind.BEFORE: lambda record, value: record.started_at_ms < int(value),
    TermKind.OFF: lambda record, value: (
        not int(str(value).split("/")[0]) <= record.started_at_ms < int(str(value).split("/")[1])
    ),
    TermKind.LONGER: lambda record, value: record.duration_ms >= int(value),
    TermKind.SHORTER: lambda record, value: record.duration_ms < int(value),
    TermKind.CASE: lambda record, value: str(value).casefold() in map(str.casefold, record.cases),
    TermKind.TAG: lambda record, value: str(value).casefold() in map(str.casefold, record.tags),
    TermKind.HAS_NOTE: lambda record, value: record.notes > 0,
    TermKind.SOURCE: lambda record, value: record.source == value,
    TermKind.ATTENTION: lambda record, value: record.attention is not None,
}


def is_wanted(record: ContactRecord, wanted: ContactFilter) -> bool:
    return (
        (wanted.own_of is None or record.adviser_account == wanted.own_of)
        and (wanted.up_to_seq is None or record.seq <= wanted.up_to_seq)
        and (wanted.after_seq is None or record.seq > wanted.after_seq)
        and all(HOLDS[term.kind](record, term.value) is not term.negated for term in wanted.terms)
    )


def by_name(name: str | None, seq: int) -> tuple[bool, str, int]:
    return name is None, (name or "").casefold(), seq


ORDERS: dict[str, Callable[[ContactRecord], tuple[object, ...]]] = {
    "-started_at": lambda record: (-record.started_at_ms, -record.seq),
    "started_at": lambda record: (record.started_at_ms, record.seq),
    "-duration": lambda record: (-record.duration_ms, -record.seq),
    "duration": lambda record: (record.duration_ms, record.seq),
    "adviser": lambda record: by_name(record.adviser, record.seq),
    "service": lambda record: by_name(record.service, record.seq),
}

# --- what is asked -------------------------------------------------------------------------------------------------

VALUES: dict[TermKind, st.SearchStrategy[str | int]] = {
    TermKind.TEXT: st.sampled_from(
        ("vatten", "VAT", "Åsa", "asa", "akut jour", "berg vatten", "klagomål", "4670", "0701740605", "123", "zebra")
    ),
    TermKind.NUMBER: st.sampled_from(("+46701740605", "+447700900123", "+447700900999")),
    TermKind.NUMBER_ENDING: st.sampled_from(("5", "05", "0605", "123", "9999")),
    TermKind.ADVISER: st.sampled_from(("anna", "ANNA.", "å", "asa", "a", "nobody")),
    TermKind.SERVICE: st.sampled_from(("vatten", "Akut", "å", "a", "nothing")),
    TermKind.DIRECTION: st.sampled_from(("in", "out")),
    TermKind.AFTER: st.integers(0, 41_000),
    TermKind.BEFORE: st.integers(0, 41_000),
    TermKind.OFF: st.tuples(st.integers(0, 20_000), st.integers(20_000, 41_000)).map("{0[0]}/{0[1]}".format),
    TermKind.LONGER: st.integers(0, 31_000),
    TermKind.SHORTER: st.integers(0, 31_000),
    TermKind.CASE: st.sampled_from(("HRM-1", "hrm-2", "HRM-3")),
    TermKind.TAG: st.sampled_from(("klagomål", "VATTEN", "vip", "none")),
    TermKind.SOURCE: st.sampled_from(("pbx", "old", "new")),
}


@st.composite
def terms(draw: st.DrawFn) -> Term:
    kind = draw(st.sampled_from(TermKind))
    return Term(kind, draw(VALUES.get(kind, st.just(""))), draw(st.booleans()))


seqs = st.none() | st.integers(0, HOW_MANY + 2)
filters = st.builds(
    ContactFilter,
    terms=st.lists(terms(), max_size=4).map(tuple),
    own_of=st.sampled_from((None, None, "anna.berg", "nobody")),
    up_to_seq=seqs,
    after_seq=seqs,
)


@pytest.mark.usefixtures("way")
@given(
    wanted=filters,
    sort=st.sampled_from(sorted(ORDERS)),
    offset=st.integers(0, HOW_MANY),
    limit=st.integers(1, 40),
)
@settings(deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_what_a_plain_reading_finds(
    known: Known, wanted: ContactFilter, sort: str, offset: int, limit: int
) -> None:
    expected = [record.id for record in sorted(known.records, key=ORDERS[sort]) if is_wanted(record, wanted)]
    with known.register.read():
        shown = contacts.page(wanted, sort=sort, offset=offset, limit=limit)
        assert [record.id for record in shown] == expected[offset : offset + limit]
        assert contacts.count(wanted) == len(expected)
        for place, record in enumerate(shown, start=offset):
            assert contacts.position(wanted, sort=sort, contact_id=record.id) == place
        unwanted = {record.id for record in known.records} - set(expected)
        for contact_id in sorted(unwanted)[:3]:
            assert contacts.position(wanted, sort=sort, contact_id=contact_id) is None


@pytest.mark.usefixtures("way")
@given(wanted=filters, sort=st.sampled_from(sorted(ORDERS)), limit=st.integers(1, 40))
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_cursors_lead_through_the_whole_list(known: Known, wanted: ContactFilter, sort: str, limit: int) -> None:
    expected = [record.id for record in sorted(known.records, key=ORDERS[sort]) if is_wanted(record, wanted)]
    found: list[str] = []
    cursor = None
    with known.register.read():
        while True:
            shown, cursor = contacts.page_after(wanted, sort=sort, cursor=cursor, limit=limit)
            found += [record.id for record in shown]
            if cursor is None:
                break
            assert len(shown) == limit
    assert found == expected
