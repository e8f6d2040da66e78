from __future__ import annotations

import pytest

from agent import wire
from agent.errors import EarwitnessError, IntegrityBroken, NotPermitted, UnknownTerm, WrongUse
from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.wire import Outcome, Role
from db.engine import database
from tests.agent.clock import Clock
from tests.agent.conftest import People, TakeIn
from tests.agent.log_reading import entries, leaves, newest


@pytest.fixture
def reviewer(people: People) -> Caller:
    return people.caller(Role.SECURITY)


@pytest.fixture
def call(desk: Desk, people: People, take_in: TakeIn) -> str:
    """A call that was shown to a manager, heard by an adviser, and refused to the security staff."""
    call = take_in()
    desk.contacts.show(people.caller(Role.MANAGER), call)
    release = desk.listening.listen(people.caller(Role.ADVISER), call, None, Stated("training"), None)
    release.reader.close()
    with pytest.raises(NotPermitted):
        desk.contacts.show(people.caller(Role.SECURITY), call)
    return call


def read(desk: Desk, reviewer: Caller, query: str = "", **asked: object) -> wire.Page[wire.Entry]:
    wanted = {"offset": 0, "limit": 100, "as_of": None, "cursor": None, **asked}
    return desk.audit.entries(reviewer, query, **wanted)  # type: ignore[arg-type]  # a test's own arguments


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("contact:CALL outcome:refused", ["contact.show"]),
        ("target:CALL actor:the.manager", ["contact.show"]),
        ("contact:CALL purpose:training", ["contact.listen"]),
        ("action:contact.listen", ["contact.listen"]),
        ("contact:CALL action:contact -outcome:refused", ["contact.listen", "contact.show", "contact.take_in"]),
        ("contact:CALL uid:999999", []),
        ("contact:CALL after:2030-01-01", []),
        ("contact:CALL before:2020-01-01", []),
        ("contact:CALL on:today outcome:refused", ["contact.show"]),
        ("contact:CALL -on:today", []),
    ],
)
def test_terms_find_their_entries(query: str, found: list[str], desk: Desk, reviewer: Caller, call: str) -> None:
    query = query.replace("CALL", call)
    assert [entry.action for entry in read(desk, reviewer, query).items] == found
    assert desk.audit.count(reviewer, query, as_of=None, newer=False).count == len(found)


def test_entries_say_who_what_and_why(desk: Desk, reviewer: Caller, call: str) -> None:
    (entry,) = read(desk, reviewer, "action:contact.listen").items
    assert (entry.actor.account, entry.actor.via, entry.outcome) == ("anna.berg", "cli", Outcome.ALLOWED)
    assert (entry.target, entry.purpose, entry.detail["from_byte"]) == (call, "training", 0)


def test_entries_come_newest_first_and_page_by_offset_and_by_cursor(desk: Desk, reviewer: Caller, call: str) -> None:
    first = read(desk, reviewer, limit=2)
    whole = [entry.seq for entry in read(desk, reviewer, as_of=first.as_of).items]
    assert whole == sorted(whole, reverse=True)
    assert [entry.seq for entry in first.items] == whole[:2]
    second = read(desk, reviewer, limit=2, cursor=first.next_cursor, as_of=first.as_of)
    assert [entry.seq for entry in second.items] == whole[2:4]
    third = read(desk, reviewer, offset=4, limit=2, as_of=first.as_of)
    assert [entry.seq for entry in third.items] == whole[4:6]


def test_reading_the_log_is_an_entry_and_a_further_page_is_none(desk: Desk, reviewer: Caller) -> None:
    token = read(desk, reviewer, "outcome:refused").as_of
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["detail"]) == (
        "audit.read",
        "allowed",
        {"query": "outcome:refused"},
    )
    before = len(entries(desk.house))
    read(desk, reviewer, "outcome:refused", as_of=token, offset=1)
    assert len(entries(desk.house)) == before
    read(desk, reviewer, "outcome:failed", as_of=token)
    assert len(entries(desk.house)) == before + 1


def test_a_reviewer_who_follows_sees_how_many_entries_are_newer(
    desk: Desk, reviewer: Caller, people: People, call: str
) -> None:
    token = read(desk, reviewer, "action:contact.show").as_of
    assert desk.audit.count(reviewer, "action:contact.show", as_of=token, newer=True).count == 0
    desk.contacts.show(people.caller(Role.MANAGER), call)
    assert desk.audit.count(reviewer, "action:contact.show", as_of=token, newer=True).count == 1
    assert len(read(desk, reviewer, "action:contact.show", as_of=token).items) == 2, "the snapshot stays as it was"


@pytest.mark.parametrize("role", [Role.SECURITY, Role.DPO])
def test_whoever_reviews_the_log_hears_and_finds_no_call(role: Role, desk: Desk, people: People, call: str) -> None:
    caller = people.caller(role)
    for asking in (
        lambda: desk.contacts.show(caller, call),
        lambda: desk.contacts.saved_searches(caller),
        lambda: desk.listening.listen(caller, call, None, Stated("quality"), None),
        lambda: desk.listening.export(caller, call, None, Stated("quality", reason="why")),
        lambda: desk.listening.waveform(caller, call, None, 10),
    ):
        with pytest.raises(NotPermitted):
            asking()


@pytest.mark.parametrize("role", [Role.ADVISER, Role.MANAGER, Role.MAINTENANCE])
def test_others_do_not_read_the_log_and_the_try_is_logged(role: Role, desk: Desk, people: People) -> None:
    with pytest.raises(NotPermitted):
        read(desk, people.caller(role))
    assert (newest(desk.house)["action"], newest(desk.house)["outcome"]) == ("audit.read", "refused")


@pytest.mark.parametrize(
    "query", ["free text", "nobody:x", "uid:root", "outcome:perhaps", "on:someday", "actor:", "a " * 400]
)
def test_a_term_that_there_is_not_is_refused_as_such(query: str, desk: Desk, reviewer: Caller) -> None:
    with pytest.raises(UnknownTerm):
        read(desk, reviewer, query)


@pytest.mark.parametrize("cursor", ["x", "-1", "²", "1" * 19, "1.5", ""])
def test_a_cursor_that_no_search_gave_is_wrong_use(cursor: str, desk: Desk, reviewer: Caller) -> None:
    with pytest.raises(WrongUse):
        read(desk, reviewer, cursor=cursor)


def test_what_reviewers_look_for_is_said_unless_it_may_be_about_a_customer(
    desk: Desk, reviewer: Caller, call: str
) -> None:
    read(desk, reviewer, f"-contact:{call} actor:anna uid:0")
    assert newest(desk.house)["detail"]["query"] == f"-contact:{call} actor:anna uid:0"
    for query in ("contact:+46701740699", "contact:0701740699", "actor:+46701740699", 'actor:"Lindqvist, Å"'):
        read(desk, reviewer, query)
    assert b"0174069" not in leaves(desk.house)
    assert b"indqvist" not in leaves(desk.house)


def test_a_leaf_that_is_no_leaf_is_broken_integrity(desk: Desk, reviewer: Caller, clock: Clock) -> None:
    desk.house.register.write(lambda: database.execute_sql("UPDATE entry SET leaf = x'7b7d' WHERE seq = 0"))
    with pytest.raises(IntegrityBroken):
        read(desk, reviewer)
    with pytest.raises(EarwitnessError):
        read(desk, reviewer, limit=500)
