"""Who searched for this number, whose calls with it were opened, and that the question itself tells nobody."""

from __future__ import annotations

import pytest

from agent import wire
from agent.audit.entry import AGENT, Draft
from agent.errors import NotPermitted, UnknownTerm
from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.wire import Outcome, Role
from db.engine import database
from tests.agent.conftest import People, TakeIn
from tests.agent.log_reading import entries, leaves, newest

NUMBER = "+46701740605"
OTHER = "+46701740699"
FORMS = [NUMBER, "0046701740605", '"+46 70 174 06 05"', "+46(0)70-1740605"]


@pytest.fixture
def reviewer(people: People) -> Caller:
    return people.caller(Role.SECURITY)


def search(desk: Desk, caller: Caller, query: str) -> None:
    desk.contacts.search(caller, query, offset=0, limit=10, sort=wire.ContactSort.NEWEST, as_of=None, cursor=None)


def asked(desk: Desk, reviewer: Caller, query: str) -> list[wire.Entry]:
    return desk.audit.entries(reviewer, query, offset=0, limit=100, as_of=None, cursor=None).items


def actions(desk: Desk, reviewer: Caller, query: str) -> list[str]:
    return [entry.action for entry in asked(desk, reviewer, f"{query} -action:audit.read")]


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", FORMS)
@pytest.mark.parametrize("questioned", FORMS)
def test_every_form_of_a_number_finds_every_form(
    typed: str, questioned: str, desk: Desk, people: People, reviewer: Caller
) -> None:
    manager = people.caller(Role.MANAGER)
    search(desk, manager, f"number:{typed}")
    search(desk, manager, f"number:{OTHER}")
    assert actions(desk, reviewer, f"number:{questioned}") == ["contact.search"]


@pytest.mark.parametrize("typed", ["number:*0605", "number:*605", "-number:+46701740605", "+46701740605", "0701740605"])
def test_a_search_that_would_find_the_number_in_another_way_is_found_too(
    typed: str, desk: Desk, people: People, reviewer: Caller
) -> None:
    search(desk, people.caller(Role.MANAGER), typed)
    assert actions(desk, reviewer, f"number:{NUMBER}") == ["contact.search"]


def test_a_search_by_ending_is_found_as_it_was_typed(desk: Desk, people: People, reviewer: Caller) -> None:
    manager = people.caller(Role.MANAGER)
    search(desk, manager, "number:*0605")
    search(desk, manager, "number:*40605")
    assert actions(desk, reviewer, "number:*0605") == ["contact.search"]


def test_whose_calls_with_a_number_were_opened(desk: Desk, people: People, take_in: TakeIn, reviewer: Caller) -> None:
    call, other = take_in(), take_in("in-3201-0046701740699-20261123-150500-1795446300.7.wav", seconds=0.2)
    manager = people.caller(Role.MANAGER)
    desk.contacts.show(manager, call)
    desk.contacts.show(manager, other)
    found = asked(desk, reviewer, f"number:{NUMBER} -action:audit.read")
    assert {entry.target for entry in found} == {call}
    assert [entry.action for entry in found] == ["contact.show", "contact.take_in"]


def test_the_digits_of_a_contact_cannot_be_guessed_one_after_the_other(
    desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
) -> None:
    """Endings find searches only: else ten questions a digit would tell the number of any contact."""
    call = take_in()
    desk.contacts.show(people.caller(Role.MANAGER), call)
    for ending in ("5", "05", "605", "0605"):
        assert asked(desk, reviewer, f"contact:{call} number:*{ending}") == []


def test_not_about_a_number(desk: Desk, people: People, take_in: TakeIn, reviewer: Caller) -> None:
    call = take_in()
    manager = people.caller(Role.MANAGER)
    desk.contacts.show(manager, call)
    search(desk, manager, f"number:{NUMBER}")
    search(desk, manager, f"number:{OTHER}")
    assert actions(desk, reviewer, f"-number:{NUMBER} actor:the.manager action:contact.") == ["contact.search"]


def test_the_question_stands_nowhere_in_the_clear(
    desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
) -> None:
    take_in()
    for query in (f"number:{NUMBER}", "number:*740605", "searched:Lindqvist", "case:0701740605", "target:0701740605"):
        asked(desk, reviewer, query)
        said = str(newest(desk.house)["detail"]["query"])
        assert "hmac:" in said, query
    desk.audit.count(reviewer, f"number:{NUMBER}", as_of=None, newer=False)
    desk.audit.hours(reviewer, f"number:{NUMBER}")
    assert not [secret for secret in (b"740605", b"indqvist") if secret in leaves(desk.house)]
    kept = database.execute_sql("SELECT text FROM said").fetchall()
    assert kept == [], "a question is not kept beside the log either: it would bring forgotten words back"


def test_a_question_about_a_number_is_found_by_the_next_one(desk: Desk, people: People, reviewer: Caller) -> None:
    asked(desk, reviewer, f"number:{NUMBER}")
    assert [entry.action for entry in asked(desk, people.caller(Role.DPO), f"number:{NUMBER}")] == ["audit.read"]


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Lindqvist", "adviser:lindqvist", "tag:LINDQVIST", "service:lindqvist"])
def test_who_searched_for_a_word_in_whatever_field(typed: str, desk: Desk, people: People, reviewer: Caller) -> None:
    manager = people.caller(Role.MANAGER)
    search(desk, manager, typed)
    search(desk, manager, "Lindberg")
    assert actions(desk, reviewer, "searched:lindqvist") == ["contact.search"]


def test_what_was_typed_is_shown_while_it_is_kept(desk: Desk, people: People, reviewer: Caller) -> None:
    search(desk, people.caller(Role.MANAGER), f'number:{NUMBER} -tag:"on hold" direction:in')
    (entry,) = asked(desk, reviewer, "action:contact.search")
    assert entry.detail["query"] == f'number:{NUMBER} -tag:"on hold" direction:in'
    assert b"701740605" not in leaves(desk.house)


# --- one contact's whole life ----------------------------------------------------------------------------------------


def test_a_contacts_life_has_its_recordings_too(desk: Desk, people: People, take_in: TakeIn, reviewer: Caller) -> None:
    call = take_in()
    manager = people.caller(Role.MANAGER)
    (recording,) = desk.contacts.show(manager, call).recordings
    desk.contacts.add_note(manager, call, wire.NewNote(text="a note"))
    desk.listening.listen(manager, call, None, Stated("quality"), None).reader.close()
    desk.listening.export(manager, call, None, Stated("quality", reason="why")).reader.close()
    desk.house.log.record(Draft(AGENT, "file.open", Outcome.ALLOWED, target=recording.id))
    desk.house.log.record(Draft(AGENT, "file.open", Outcome.ALLOWED, target="0" * 32))
    assert actions(desk, reviewer, f"contact:{call}") == [
        *("file.open", "contact.export", "contact.listen", "contact.note", "contact.show", "contact.take_in"),
    ]
    assert "file.open" not in actions(desk, reviewer, f"target:{call}")


def test_a_contact_that_there_is_not_is_looked_for_as_it_was_typed(desk: Desk, reviewer: Caller) -> None:
    assert asked(desk, reviewer, "contact:nothing") == []
    assert asked(desk, reviewer, "same-caller:nothing") == []


def test_contacts_without_a_number_are_not_the_same_caller(
    desk: Desk, people: People, take_in: TakeIn, reviewer: Caller
) -> None:
    calls = [take_in(f"in-3201-anonymous-20261123-14050{n}-179544270{n}.{n}.wav", seconds=0.2) for n in (1, 2)]
    assert {entry.target for entry in asked(desk, reviewer, f"same-caller:{calls[0]} action:contact.")} == {calls[0]}


# --- the log's own fields --------------------------------------------------------------------------------------------


def test_case_reason_session_request_and_via(desk: Desk, people: People, take_in: TakeIn, reviewer: Caller) -> None:
    call = take_in()
    manager, adviser = people.caller(Role.MANAGER), people.caller(Role.ADVISER)
    desk.listening.listen(manager, call, None, Stated("complaint", case="C-118"), None).reader.close()
    search(desk, adviser, "")
    (heard,) = [entry for entry in entries(desk.house) if entry["action"] == "contact.listen"]
    session = heard["actor"]["session"]
    assert actions(desk, reviewer, "case:C-118") == ["contact.listen"]
    assert actions(desk, reviewer, f"session:{session}") == ["contact.listen", "session.begin"]
    assert {entry.actor.session for entry in asked(desk, reviewer, f"session:{session}")} == {session}
    assert actions(desk, reviewer, "-via:cli action:contact.") == ["contact.take_in"]
    assert actions(desk, reviewer, "via:agent action:contact.") == ["contact.take_in"]
    assert set(actions(desk, reviewer, "request:asked action:contact.")) == {"contact.listen", "contact.search"}
    assert actions(desk, reviewer, "request:nothing") == []
    assert actions(desk, reviewer, "session:nothing") == []
    assert actions(desk, reviewer, "-session:nothing action:contact.listen") == ["contact.listen"]


def test_the_code_of_a_refusal_is_a_reason(desk: Desk, people: People, take_in: TakeIn, reviewer: Caller) -> None:
    call = take_in()
    with pytest.raises(NotPermitted):
        desk.contacts.show(people.caller(Role.DPO), call)
    assert actions(desk, reviewer, "reason:not-permitted") == ["contact.show"]
    assert actions(desk, reviewer, "reason:out-of-scope") == []
    assert actions(desk, reviewer, "-reason:not-permitted contact:" + call) == ["contact.take_in"]


def test_any_purpose(desk: Desk, people: People, take_in: TakeIn, reviewer: Caller) -> None:
    call, manager = take_in(), people.caller(Role.MANAGER)
    desk.contacts.show(manager, call)
    desk.listening.listen(manager, call, None, Stated("quality"), None).reader.close()
    assert actions(desk, reviewer, "purpose:*") == ["contact.listen"]
    assert "contact.show" in actions(desk, reviewer, "-purpose:*")


@pytest.mark.parametrize("typed", ["via:telnet", "number:abc", "number:*x", "number:withheld", "searched:"])
def test_what_no_entry_could_hold_is_refused(typed: str, desk: Desk, reviewer: Caller) -> None:
    with pytest.raises(UnknownTerm):
        asked(desk, reviewer, typed)
