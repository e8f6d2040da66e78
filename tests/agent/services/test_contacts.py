from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from agent import wire
from agent.errors import NotFound, OutOfScope, UnknownTerm, WrongUse
from agent.services.caller import Caller, new_request_id
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.settings import Settings
from agent.wire import ContactSort, Outcome, Role
from tests.agent.calls import call_file, sound
from tests.agent.conftest import PASSWORD, People, TakeIn
from tests.agent.log_reading import entries, leaves, newest

ANNAS = "in-3201-0046701740605-20261123-140500-1795442700.1.wav"
MIKKOS = "in-3202-0046701740606-20261123-150500-1795446300.2.wav"


@pytest.fixture
def calls(take_in: TakeIn) -> tuple[str, str]:
    """A call of Anna's and one of Mikko's."""
    return take_in(ANNAS, content=sound(0.3)), take_in(MIKKOS, content=sound(0.3, seed=1))


def found(desk: Desk, caller: Caller, query: str = "", **asked: Any) -> wire.Page[wire.Contact]:
    """What a request of its own finds; one that came again under the same id would be no entry."""
    wanted: dict[str, Any] = {"offset": 0, "limit": 100, "sort": ContactSort.NEWEST, "as_of": None, "cursor": None}
    return desk.contacts.search(replace(caller, request_id=new_request_id()), query, **{**wanted, **asked})


def ids(page: wire.Page[wire.Contact]) -> list[str]:
    return [contact.id for contact in page.items]


def searches_in_the_log(desk: Desk) -> int:
    return sum(entry["action"] == "contact.search" for entry in entries(desk.house))


# --- scope -----------------------------------------------------------------------------------------------------------


def test_an_adviser_finds_their_own_calls_and_a_manager_all(desk: Desk, people: People, calls: tuple[str, str]) -> None:
    annas, mikkos = calls
    assert ids(found(desk, people.caller(Role.ADVISER))) == [annas]
    assert ids(found(desk, people.caller(Role.MANAGER))) == [mikkos, annas]
    assert desk.contacts.count(people.caller(Role.ADVISER), "", as_of=None, newer=False).count == 1


def test_an_adviser_cannot_place_somebody_elses_call(desk: Desk, people: People, calls: tuple[str, str]) -> None:
    caller = people.caller(Role.ADVISER)
    places = [desk.contacts.position(caller, call, "", as_of="", sort=ContactSort.NEWEST).offset for call in calls]
    assert places == [0, None]


def test_each_recording_of_a_call_says_which_leg_it_is(desk: Desk, people: People, take_in: TakeIn) -> None:
    stem = ANNAS.removesuffix(".wav")
    [call] = {
        take_in(f"{stem}{end}.wav", content=sound(0.3, seed=seed)) for seed, end in enumerate(("-out", "", "-in"))
    }
    caller = people.caller(Role.MANAGER)
    [listed] = found(desk, caller).items
    for contact in (listed, desk.contacts.show(caller, call)):
        assert [recording.leg for recording in contact.recordings] == ["", "in", "out"]


BY_ID: dict[str, Callable[[Desk, Caller, str], object]] = {
    "contact.show": lambda desk, caller, id: desk.contacts.show(caller, id),
    "contact.waveform": lambda desk, caller, id: desk.listening.waveform(caller, id, None, 10),
    "contact.listen": lambda desk, caller, id: desk.listening.listen(caller, id, None, Stated("quality"), None),
    "contact.note": lambda desk, caller, id: desk.contacts.add_note(caller, id, wire.NewNote(text="mine")),
    "contact.tag": lambda desk, caller, id: desk.contacts.add_tag(caller, id, wire.NewTag(tag="mine")),
    "contact.untag": lambda desk, caller, id: desk.contacts.remove_tag(caller, id, "any"),
}


@pytest.mark.parametrize("action", BY_ID)
def test_an_adviser_is_refused_somebody_elses_call_by_its_id(
    action: str, desk: Desk, people: People, calls: tuple[str, str]
) -> None:
    _, mikkos = calls
    with pytest.raises(OutOfScope):
        BY_ID[action](desk, people.caller(Role.ADVISER), mikkos)
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == (action, "refused", "out-of-scope")
    assert entry["target"] == mikkos


def test_an_exporter_whose_scope_is_own_is_refused_somebody_elses_call(
    desk: Desk, people: People, calls: tuple[str, str]
) -> None:
    manager = people.caller(Role.MANAGER)
    own = replace(manager.person.rights, scope=people.caller(Role.ADVISER).rights.scope)
    caller = replace(manager, person=replace(manager.person, rights=own))
    with pytest.raises(OutOfScope):
        desk.listening.export(caller, calls[1], None, Stated("quality", reason="why"))


def test_a_role_taken_in_the_middle_of_a_session_counts_at_the_next_request(
    desk: Desk, people: People, calls: tuple[str, str]
) -> None:
    from db.queries import accounts

    asking = people.asking(Role.MANAGER)
    page = found(desk, desk.caller(asking))
    user = people.users[Role.MANAGER]

    def demoted() -> None:
        accounts.revoke_role(user, Role.MANAGER.value, people.clock())
        accounts.grant_role(user, Role.ADVISER.value, people.clock())

    desk.house.register.write(demoted)
    caller = desk.caller(asking)
    assert ids(found(desk, caller, as_of=page.as_of)) == []
    with pytest.raises(OutOfScope):
        desk.contacts.show(caller, calls[0])


# --- pages -----------------------------------------------------------------------------------------------------------


def test_pages_under_a_snapshot_do_not_shift_when_calls_come_in(desk: Desk, people: People, take_in: TakeIn) -> None:
    old = [take_in(f"in-3201-0046701740605-2026112{day}-140500-179544270{day}.1.wav") for day in range(1, 4)]
    caller = people.caller(Role.MANAGER)
    first = found(desk, caller, limit=1)
    take_in("in-3201-0046701740605-20261123-160000-1795449600.9.wav")
    second = found(desk, caller, offset=1, limit=2, as_of=first.as_of)
    assert ids(first) + ids(second) == old[::-1]
    assert desk.contacts.count(caller, "", as_of=first.as_of, newer=False).count == 3
    assert desk.contacts.count(caller, "", as_of=first.as_of, newer=True).count == 1


def test_further_pages_of_a_query_are_no_entry_of_their_own(desk: Desk, people: People, calls: tuple[str, str]) -> None:
    caller = people.caller(Role.MANAGER)
    token = found(desk, caller, limit=1).as_of
    assert searches_in_the_log(desk) == 1
    found(desk, caller, offset=1, limit=1, as_of=token)
    desk.contacts.count(caller, "", as_of=token, newer=False)
    desk.contacts.position(caller, calls[0], "", as_of=token, sort=ContactSort.NEWEST)
    assert searches_in_the_log(desk) == 1


def test_a_token_of_another_query_or_session_or_list_is_a_new_query(
    desk: Desk, people: People, calls: tuple[str, str]
) -> None:
    caller = people.caller(Role.ADMINISTRATOR)
    token = found(desk, caller).as_of
    log_token = desk.audit.entries(caller, "", offset=0, limit=1, as_of=None, cursor=None).as_of
    before = searches_in_the_log(desk)
    found(desk, caller, "direction:in", as_of=token)
    found(desk, people.caller(Role.ADMINISTRATOR), as_of=token)
    found(desk, caller, as_of=log_token)
    for forged in ("", "9999999", "9999999.00", token.replace(token[0], "9", 1), "9" * 30, "²." + token, "\0"):
        found(desk, caller, as_of=forged)
    assert searches_in_the_log(desk) == before + 10


def test_more_rights_in_the_middle_of_a_session_make_the_same_query_a_new_one(
    desk: Desk, people: People, calls: tuple[str, str]
) -> None:
    from db.queries import accounts

    asking = people.asking(Role.ADVISER)
    token = found(desk, desk.caller(asking)).as_of
    desk.house.register.write(lambda: accounts.grant_role("anna.berg", Role.MANAGER.value, people.clock()))
    assert len(ids(found(desk, desk.caller(asking), as_of=token))) == 2
    assert searches_in_the_log(desk) == 2


def test_cursors_lead_through_everything_once(desk: Desk, people: People, take_in: TakeIn) -> None:
    made = {take_in(f"in-3201-0046701740605-2026112{day}-140500-179544270{day}.1.wav") for day in range(1, 4)}
    caller, seen, cursor = people.caller(Role.MANAGER), [], None
    while True:
        page = found(desk, caller, limit=2, cursor=cursor)
        seen += ids(page)
        if (cursor := page.next_cursor) is None:
            break
    assert len(seen) == 3
    assert set(seen) == made


@pytest.mark.parametrize("cursor", ["x", "é", "bnVsbA==", "W10=", "\0"])
def test_a_cursor_that_no_search_gave_is_wrong_use(cursor: str, desk: Desk, people: People) -> None:
    with pytest.raises(WrongUse):
        found(desk, people.caller(Role.MANAGER), cursor=cursor)
    assert newest(desk.house)["outcome"] == Outcome.FAILED


# --- what the log says of a search -----------------------------------------------------------------------------------


def test_nothing_that_was_searched_for_stands_in_the_log_in_the_clear(
    desk: Desk, people: People, calls: tuple[str, str]
) -> None:
    caller = people.caller(Role.MANAGER)
    canaries = ("0701740699", "+46701740699", "0699", "lindqvist", "canarytag", "CASE-77")
    for query in (
        "number:0701740699",
        "number:+46701740699",
        "number:*0699",
        "Lindqvist",
        '-"Lindqvist canarytag"',
        "tag:canarytag",
        "case:CASE-77",
        "adviser:Lindqvist",
        "service:Lindqvist",
    ):
        found(desk, caller, query)
        desk.contacts.count(caller, query, as_of=None, newer=False)
    assert not [canary for canary in canaries if canary.encode().lower() in leaves(desk.house).lower()]


def test_the_same_number_searched_twice_has_the_same_digest(desk: Desk, people: People) -> None:
    caller = people.caller(Role.MANAGER)
    said = []
    for query in ("number:+46701740699", "number:0046701740699", "number:+46701740698"):
        found(desk, caller, query)
        said.append(newest(desk.house)["detail"]["query"])
    assert said[0] == said[1] != said[2]


def test_terms_that_tell_of_no_customer_stand_in_the_log_as_they_are(desk: Desk, people: People) -> None:
    found(desk, people.caller(Role.MANAGER), "direction:in longer:5m -has:note")
    assert newest(desk.house)["detail"]["query"] == "direction:in longer:300000 -has-note:"


def test_a_tag_and_a_note_stand_in_the_log_without_their_words(
    desk: Desk, people: People, calls: tuple[str, str]
) -> None:
    caller = people.caller(Role.MANAGER)
    desk.contacts.add_tag(caller, calls[0], wire.NewTag(tag="Lindqvist"))
    tagged = newest(desk.house)["detail"]["tag"]
    found(desk, caller, "tag:lindqvist")
    assert newest(desk.house)["detail"]["query"] == f"tag:{tagged}", "who searched for it can be found"
    desk.contacts.remove_tag(caller, calls[0], "Lindqvist")
    desk.contacts.add_note(caller, calls[0], wire.NewNote(text="Lindqvist rang about the bill"))
    assert b"lindqvist" not in leaves(desk.house).lower()


def test_a_query_of_endless_words_is_refused_as_a_query(desk: Desk, people: People) -> None:
    for query in ("a " * 490, '"' + "a " * 490 + '"', '"a"' * 300):
        with pytest.raises(UnknownTerm):
            found(desk, people.caller(Role.MANAGER), query)


# --- what people add -------------------------------------------------------------------------------------------------


def test_notes_and_tags_are_shown_with_who_wrote_them(desk: Desk, people: People, calls: tuple[str, str]) -> None:
    caller = people.caller(Role.ADVISER)
    note = desk.contacts.add_note(caller, calls[0], wire.NewNote(text="the meter", position_s=0.25))
    desk.contacts.add_tag(caller, calls[0], wire.NewTag(tag="meter"))
    shown = desk.contacts.show(caller, calls[0])
    assert (shown.noted, shown.tags, shown.notes) == ([note], ["meter"], 1)
    assert (note.author, note.position_s) == ("anna.berg", 0.25)
    desk.contacts.remove_tag(caller, calls[0], "meter")
    assert desk.contacts.show(caller, calls[0]).tags == []


@pytest.mark.parametrize("position_s", [99.0, 1e300, 1e308, float("inf")])
def test_a_note_about_a_moment_after_the_end_is_wrong_use(
    position_s: float, desk: Desk, people: People, calls: tuple[str, str]
) -> None:
    with pytest.raises(WrongUse):
        desk.contacts.add_note(people.caller(Role.MANAGER), calls[0], wire.NewNote(text="late", position_s=position_s))


def test_a_tag_that_is_not_there_cannot_be_removed(desk: Desk, people: People, calls: tuple[str, str]) -> None:
    with pytest.raises(NotFound):
        desk.contacts.remove_tag(people.caller(Role.MANAGER), calls[0], "none")


def test_saved_searches_are_everybodys_own(desk: Desk, people: People) -> None:
    manager, adviser = people.caller(Role.MANAGER), people.caller(Role.ADVISER)
    desk.contacts.save_search(manager, wire.NewSavedSearch(name="bills", query="number:0701740699"))
    desk.contacts.save_search(manager, wire.NewSavedSearch(name="bills", query="number:0701740698"))
    kept = desk.contacts.saved_searches(manager).items
    assert kept == [wire.SavedSearch(name="bills", query="number:0701740698")]
    assert desk.contacts.saved_searches(adviser).items == []
    with pytest.raises(NotFound):
        desk.contacts.forget_search(adviser, "bills")
    desk.contacts.forget_search(manager, "bills")
    assert desk.contacts.saved_searches(manager).items == []
    assert b"07017406" not in leaves(desk.house)


def test_the_password_of_the_fixtures_is_no_entry(desk: Desk, people: People) -> None:
    people.asking(Role.MANAGER)
    assert PASSWORD.encode() not in leaves(desk.house)


# --- whose channels are ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("legs", [[], ["caller", "adviser"]])
def test_a_recording_says_whose_its_channels_are_when_its_source_does(
    legs: list[str], desk: Desk, people: People, settings: Settings
) -> None:
    source = settings.source[0].model_copy(update={"legs": legs})
    stereo = call_file(desk, source, ANNAS, content=sound(0.3))
    mono = call_file(desk, source, MIKKOS, content=sound(0.3, channels=1))
    manager = people.caller(Role.MANAGER)
    assert desk.contacts.show(manager, stereo).recordings[0].legs == legs
    assert desk.contacts.show(manager, mono).recordings[0].legs == []
    assert [contact.recordings[0].legs for contact in found(desk, manager).items] == [[], legs]
