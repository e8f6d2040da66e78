from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent import wire
from tests.tui.fake_register import FakeRegister
from tui.widgets.entry_terms import contact_term, day_terms, has_contact, person_term, request_term, system_user_term
from tui.widgets.log_words import about_words, entry_tone, marked_outcome, part_words, who_words


def entry(**changed: object) -> wire.Entry:
    return FakeRegister().entry(1).model_copy(update=changed)


@pytest.mark.parametrize(
    ("actor", "words", "term"),
    [
        (wire.Actor(account="anna.berg", uid=1000), "anna.berg", "actor:anna.berg"),
        (wire.Actor(account="Anna Berg", uid=1000), "Anna Berg", 'actor:"Anna Berg"'),
        (wire.Actor(account=None, uid=1000), "uid 1000", "uid:1000"),
        (wire.Actor(account=None, uid=None, via="agent"), "the agent", None),
    ],
)
def test_who_did_it_is_said_and_can_be_searched(actor: wire.Actor, words: str, term: str | None) -> None:
    assert (who_words(entry(actor=actor)), person_term(entry(actor=actor))) == (words, term)


def test_what_was_not_allowed_has_a_mark_and_its_reason_first() -> None:
    refused = entry(
        outcome=wire.Outcome.REFUSED, reason="out-of-scope", purpose=None, case=None, target="c1", detail={}
    )
    assert marked_outcome(refused) == "! refused"
    assert about_words(refused) == "not one of their own calls · c1"


def test_a_reason_that_is_not_known_stands_as_it_is() -> None:
    assert about_words(entry(outcome=wire.Outcome.FAILED, reason="new-code", target=None)).startswith("new-code")


def test_a_direct_open_leads_to_what_was_done_with_the_recording_and_a_place_nowhere() -> None:
    opened = entry(action="file.open", target="00ff", detail={"place": "vault"})
    assert contact_term(opened) == "target:00ff"
    assert not has_contact(opened)
    assert contact_term(entry(action="file.open", target="vault", detail={"place": "vault"})) is None


def test_only_what_was_done_with_a_contact_has_one() -> None:
    assert contact_term(entry(action="contact.export", target="c1")) == "contact:c1"
    assert contact_term(entry(action="quarantine.retry", target="q1")) is None
    assert contact_term(entry(action="contact.search", target=None)) is None


def test_the_day_of_a_person_is_the_viewers_day() -> None:
    late = entry(at=datetime(2026, 11, 22, 22, 30, tzinfo=UTC), actor=wire.Actor(account="mika", uid=1000))
    assert day_terms(late) == "actor:mika on:2026-11-23"
    assert day_terms(entry(actor=wire.Actor(account=None, uid=None))) is None


def test_request_and_system_user_are_ways_on() -> None:
    asked = request_term(entry(request_id="00ff", at=datetime(2026, 11, 23, 12, 5, 9, tzinfo=UTC)))
    assert asked == "request:00ff after:2026-11-23T10:05Z before:2026-11-23T14:05Z"
    assert request_term(entry(request_id="")) is None
    assert system_user_term(entry(actor=wire.Actor(account="mika", uid=0))) == "uid:0"


DIRECT = {"exe": "/usr/bin/sox", "pid": 4411, "login_uid": 1002, "place": "vault"}


def test_a_direct_open_says_so_in_a_word_and_by_which_program() -> None:
    opened = entry(action="file.open", actor=wire.Actor(account=None, uid=0), target="r7", reason=None, detail=DIRECT)
    assert marked_outcome(opened) == "! direct"
    assert entry_tone(opened) == "error"
    assert about_words(opened) == "/usr/bin/sox, pid 4411, signed in as uid 1002 · vault · r7"


def test_a_direct_open_that_was_denied_is_a_refusal() -> None:
    denied = entry(action="file.open", outcome=wire.Outcome.REFUSED, detail={})
    assert marked_outcome(denied) == "! refused"


def test_an_opener_that_is_not_known_is_left_out() -> None:
    opened = entry(action="file.open", target=None, purpose=None, case=None, reason=None, detail={"exe": None})
    assert about_words(opened) == ""


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"from_ms": 0, "to_ms": 161000}, "0:00–2:41"),
        ({"from_ms": 0, "to_ms": 161000, "parts": 11}, "0:00–2:41 in 11 parts"),
        ({"from_ms": None, "to_ms": 3}, ""),
        ({}, ""),
    ],
)
def test_the_part_of_a_recording_is_told_as_times(detail: dict[str, str | int | None], words: str) -> None:
    assert part_words(entry(detail=detail)) == words


def test_a_direct_open_by_nobody_known_is_not_taken_for_the_agents() -> None:
    opened = entry(action="file.open", actor=wire.Actor(account=None, uid=None, via="agent"))
    assert who_words(opened) == "(not known)"
    assert person_term(opened) is None


def test_a_program_whose_path_is_kept_as_a_digest_is_not_told() -> None:
    opened = entry(action="file.open", detail={"exe": "hmac:00ff", "pid": 7, "place": "vault"}, target="vault")
    assert about_words(opened) == "pid 7 · vault · vault"
