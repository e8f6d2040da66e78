from __future__ import annotations

from collections.abc import Callable

import pytest

from agent import wire
from agent.installation import Installation
from agent.services.desk import Desk
from agent.services.forgetting import Forgetting
from agent.settings import Log, Settings
from agent.wire import Role
from db.engine import RegisterUnwritable, database
from tests.agent.clock import Clock
from tests.agent.conftest import People
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, newest

Shown = Callable[[], list[object]]


@pytest.fixture
def searched(desk: Desk, people: People) -> Shown:
    """After a search for a number: the queries of searches as a reviewer sees them."""
    manager, newest_first = people.caller(Role.MANAGER), wire.ContactSort.NEWEST
    desk.contacts.search(manager, "number:*0605", offset=0, limit=1, sort=newest_first, as_of=None, cursor=None)

    def shown() -> list[object]:
        reviewer = people.caller(Role.SECURITY)
        page = desk.audit.entries(reviewer, "action:contact.search", offset=0, limit=9, as_of=None, cursor=None)
        return [entry.detail["query"] for entry in page.items]

    return shown


def kept() -> list[tuple[object, ...]]:
    return list(database.execute_sql("SELECT kind, text FROM said ORDER BY kind").fetchall())


def test_words_are_kept_as_long_as_the_settings_say_and_then_only_their_digest(
    desk: Desk, clock: Clock, searched: Shown
) -> None:
    clock.forward(hours=364 * 24)
    assert desk.forgetting.forget() == 0
    assert searched() == ["number-ending:0605"]
    clock.forward(hours=25)
    assert desk.forgetting.forget() == 1
    (said,) = searched()
    assert str(said).startswith("number-ending:hmac:")
    assert kept() == []


def test_forgetting_is_an_entry_and_nothing_to_forget_is_none(desk: Desk, clock: Clock, searched: Shown) -> None:
    before = len(entries(desk.house))
    desk.forgetting.forget()
    assert len(entries(desk.house)) == before
    clock.forward(hours=366 * 24)
    desk.forgetting.forget()
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["detail"]) == ("log.forget", "allowed", {"words": 1, "days": 365})


def test_what_is_typed_again_is_kept_from_then_on(desk: Desk, people: People, clock: Clock, searched: Shown) -> None:
    clock.forward(hours=300 * 24)
    manager, newest_first = people.caller(Role.MANAGER), wire.ContactSort.NEWEST
    desk.contacts.search(manager, "number:*0605", offset=0, limit=1, sort=newest_first, as_of=None, cursor=None)
    clock.forward(hours=100 * 24)
    assert desk.forgetting.forget() == 0
    assert len(kept()) == 1


def test_reasons_are_not_forgotten_with_searches(desk: Desk, clock: Clock, searched: Shown) -> None:
    desk.house.register.write(lambda: desk.house.log.append_reason("a reason"))
    clock.forward(hours=366 * 24)
    desk.forgetting.forget()
    assert kept() == [("reason", "a reason")]


def test_when_the_entry_cannot_be_written_nothing_is_forgotten(desk: Desk, clock: Clock, searched: Shown) -> None:
    clock.forward(hours=366 * 24)
    with unwritable(desk.house), pytest.raises(RegisterUnwritable):
        desk.forgetting.forget()
    assert len(kept()) == 1


def test_a_disk_that_is_full_does_not_end_the_forgetting(
    desk: Desk, clock: Clock, searched: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    clock.forward(hours=366 * 24)
    with unwritable(desk.house):
        desk.forgetting.start()
        while "still kept" not in caplog.text:
            pass
        desk.forgetting.stop()
    assert "0605" not in caplog.text


class TestNotKept:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"log": Log(words_days=0)})

    def test_with_no_days_words_are_not_kept_at_all(self, desk: Desk, searched: Shown) -> None:
        (said,) = searched()
        assert str(said).startswith("number-ending:hmac:")
        assert kept() == []


def test_with_no_days_what_was_kept_before_goes_at_once(house: Installation, desk: Desk, searched: Shown) -> None:
    assert len(kept()) == 1
    strict = Installation(
        house.settings.model_copy(update={"log": Log(words_days=0)}),
        *(getattr(house, name) for name in ("keys", "register", "vault", "log", "now_ms")),
    )
    assert Forgetting(strict).forget() == 1
    assert kept() == []
