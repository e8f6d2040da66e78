from __future__ import annotations

import pytest

from agent import wire
from tests.tui.fake_register import FakeRegister
from tui.widgets.log_words import about_words, contact_term, marked_outcome, person_term, who_words


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
    refused = entry(outcome=wire.Outcome.REFUSED, reason="out-of-scope", purpose=None, case=None, target="c1")
    assert marked_outcome(refused) == "! refused"
    assert about_words(refused) == "not one of their own calls · c1"


def test_a_reason_that_is_not_known_stands_as_it_is() -> None:
    assert about_words(entry(outcome=wire.Outcome.FAILED, reason="new-code", target=None)).startswith("new-code")


def test_only_what_was_done_with_a_contact_has_one() -> None:
    assert contact_term(entry(action="contact.export", target="c1")) == "contact:c1"
    assert contact_term(entry(action="quarantine.retry", target="q1")) is None
    assert contact_term(entry(action="contact.search", target=None)) is None
