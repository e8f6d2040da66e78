from __future__ import annotations

from collections import Counter

import pytest

from tests.tui.fake_agent import FakeAgent
from tui.app import EarwitnessApp
from tui.commands import TAKEN_BY_MULTIPLEXERS, Command, Offering, missing_capability
from tui.screens.contacts import ContactsScreen
from tui.screens.entry import EntryScreen
from tui.screens.filter_form import FilterForm
from tui.screens.hours import HoursScreen
from tui.screens.log import LogScreen
from tui.screens.log_filter import LogFilter
from tui.screens.odd import OddScreen
from tui.screens.saved_searches import SavedSearches
from tui.screens.sign_in import SignInScreen
from tui.widgets.heat_map import HeatMap
from tui.widgets.query_line import QueryInput
from tui.widgets.record_table import RecordTable

OFFERING: tuple[type[Offering], ...] = (
    EarwitnessApp,
    ContactsScreen,
    EntryScreen,
    FilterForm,
    HeatMap,
    HoursScreen,
    LogFilter,
    LogScreen,
    OddScreen,
    QueryInput,
    RecordTable,
    SavedSearches,
    SignInScreen,
)


@pytest.mark.parametrize("kind", OFFERING, ids=lambda kind: kind.__name__)
def test_every_command_has_its_method_its_words_and_a_sentence(kind: type[Offering]) -> None:
    for command in kind.OFFERS:
        name = command.action.partition("(")[0].rpartition(".")[2]
        offering = EarwitnessApp if command.action.startswith("app.") else kind
        assert hasattr(offering, f"action_{name}"), command.action
        assert 0 < len(command.words.split()) <= 4
        assert command.help.endswith(".")


@pytest.mark.parametrize("kind", OFFERING, ids=lambda kind: kind.__name__)
def test_no_key_means_two_things_in_one_place(kind: type[Offering]) -> None:
    keys = Counter(key for command in kind.OFFERS for key in command.key.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("key", sorted(TAKEN_BY_MULTIPLEXERS))
def test_the_keys_of_screen_and_tmux_cannot_be_taken(key: str) -> None:
    with pytest.raises(AssertionError):
        Command(action="x", key=key, words="x", help="X.")


def test_a_missing_capability_is_named() -> None:
    me = FakeAgent().session("security").me
    listen = next(one for one in FakeAgent().session("manager").me.capabilities if one == "contact.listen")
    assert missing_capability(me, None) is None
    assert missing_capability(me, listen) == "Your role does not permit this (contact.listen)."
    assert missing_capability(None, listen) == "You are not signed in."


def test_a_missing_agreement_is_the_reason_where_it_is_one() -> None:
    agent = FakeAgent()
    agent.agreement_missing = True
    me = agent.session("maintenance").me
    listen = next(one for one in FakeAgent().session("manager").me.capabilities if one == "contact.listen")
    assert "secrecy agreement" in (missing_capability(me, listen) or "")
