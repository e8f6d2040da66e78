from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from agent.errors import Conflict, EarwitnessError, NotFound, NotPermitted
from agent.intake import pipeline
from agent.intake.opened import open_in_spool
from agent.intake.pipeline import spool_of
from agent.intake.wav import NotWav
from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.settings import Settings
from agent.wire import QuarantineItem, Role
from db.queries import quarantine
from db.records import QuarantineRecord
from tests.agent.calls import put, sound
from tests.agent.conftest import People
from tests.agent.log_reading import entries, leaves, newest

NAME = "in-3201-0046701740605-20261123-140500-1795442700.1.wav"


@pytest.fixture
def caretaker(people: People) -> Caller:
    return people.caller(Role.MAINTENANCE)


def quarantined(desk: Desk, settings: Settings, content: bytes = b"no sound", name: str = NAME) -> str:
    """Seal a file as one that cannot be understood; its id."""
    source = settings.source[0]
    put(source.spool, name, content)
    with spool_of(source) as spool_fd, open_in_spool(spool_fd, name) as opened:
        assert desk.pipeline.take_in(source, spool_fd, opened, name).contact_id is None
    target = newest(desk.house)["target"]
    assert isinstance(target, str)
    return target


def left_in_its_spool(desk: Desk, item_id: str, at_ms: int = 0) -> None:
    record = QuarantineRecord(item_id, at_ms, "pbx", NAME.encode(), "unreadable", "Permission denied", 9, "1:2:3:4")
    desk.house.register.write(lambda: quarantine.add(record))


def once_not_understood(desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """Quarantine a good recording, as an older agent might that did not know its encoding."""

    def ignorant(*_: object) -> None:
        raise NotWav("impossible-format")

    with monkeypatch.context() as older:
        older.setattr(pipeline, "read_header", ignorant)
        return quarantined(desk, settings, sound(1.0))


def listed(desk: Desk, caller: Caller) -> list[QuarantineItem]:
    return desk.intake.quarantine(caller, offset=0, limit=100, as_of=None).items


def test_the_status_tells_of_every_source_and_is_no_entry(desk: Desk, caretaker: Caller) -> None:
    before = len(entries(desk.house))
    status = desk.intake.status(caretaker)
    assert [(source.name, source.taken_in, source.waiting) for source in status.sources] == [("pbx", 0, 0)]
    assert (status.quarantined, status.paused, len(status.by_minute)) == (0, None, 60)
    assert len(entries(desk.house)) == before


@pytest.mark.parametrize("role", [Role.ADVISER, Role.MANAGER, Role.SECURITY, Role.DPO])
def test_who_does_not_tend_the_intake_is_refused_and_logged(role: Role, desk: Desk, people: People) -> None:
    caller = people.caller(role)
    for asking in (
        lambda: desk.intake.status(caller),
        lambda: listed(desk, caller),
        lambda: desk.intake.retry(caller, "any"),
    ):
        with pytest.raises(NotPermitted):
            asking()
        assert newest(desk.house)["outcome"] == "refused"


def test_the_quarantine_shows_names_and_so_the_look_is_an_entry(
    desk: Desk, settings: Settings, caretaker: Caller
) -> None:
    sealed = quarantined(desk, settings)
    left_in_its_spool(desk, "a1")
    items = {item.id: item for item in listed(desk, caretaker)}
    assert items[sealed].source_name == NAME
    assert (items[sealed].reason, items[sealed].sealed) == ("not-audio", True)
    assert (items["a1"].reason, items["a1"].sealed) == ("unreadable", False)
    assert newest(desk.house)["action"] == "quarantine.read"
    assert b"0046701740605" not in leaves(desk.house)


def test_pages_of_the_quarantine_do_not_shift_and_are_one_entry(desk: Desk, caretaker: Caller) -> None:
    for number in range(3):
        left_in_its_spool(desk, f"a{number}", at_ms=number)
    first = desk.intake.quarantine(caretaker, offset=0, limit=2, as_of=None)
    before = len(entries(desk.house))
    left_in_its_spool(desk, "late", at_ms=desk.house.now_ms() + 1000)
    rest = desk.intake.quarantine(caretaker, offset=2, limit=2, as_of=first.as_of)
    assert [item.id for item in first.items + rest.items] == ["a2", "a1", "a0"]
    assert len(entries(desk.house)) == before


def test_a_sealed_file_that_is_understood_now_becomes_a_contact(
    desk: Desk, settings: Settings, caretaker: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = once_not_understood(desk, settings, monkeypatch)
    desk.intake.retry(caretaker, item)
    assert listed(desk, caretaker) == []
    entry = entries(desk.house)[-2]
    assert (entry["action"], entry["outcome"], entry["target"]) == ("quarantine.retry", "allowed", item)
    shown = desk.contacts.show(caretaker, entry["detail"]["contact"])
    assert (shown.number, shown.recordings[0].id) == ("+46701740605", item)


def test_a_sealed_file_that_still_is_no_recording_stays(desk: Desk, settings: Settings, caretaker: Caller) -> None:
    item = quarantined(desk, settings)
    with pytest.raises(Conflict):
        desk.intake.retry(caretaker, item)
    assert (newest(desk.house)["outcome"], newest(desk.house)["target"]) == ("failed", item)
    assert [kept.id for kept in listed(desk, caretaker)] == [item]


def test_a_file_left_in_its_spool_is_looked_at_again(desk: Desk, caretaker: Caller) -> None:
    left_in_its_spool(desk, "a1")
    desk.intake.retry(caretaker, "a1")
    assert listed(desk, caretaker) == []


def test_what_has_left_the_quarantine_is_not_taken_in_twice(
    desk: Desk, settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = people.caller(Role.ADMINISTRATOR)
    item = once_not_understood(desk, settings, monkeypatch)
    left_in_its_spool(desk, "a1")

    def retrying(which: str) -> str:
        try:
            desk.intake.retry(caller, which)
        except EarwitnessError as error:
            return error.code
        return "taken"

    with ThreadPoolExecutor(4) as threads:
        for which in (item, "a1"):
            assert sorted(threads.map(retrying, [which] * 4)) == ["conflict"] * 3 + ["taken"]
    assert desk.contacts.count(caller, "", as_of=None, newer=False).count == 1


def test_what_is_not_there_cannot_be_retried(desk: Desk, caretaker: Caller) -> None:
    with pytest.raises(NotFound):
        desk.intake.retry(caretaker, "+46701740605")
    assert b"46701740605" not in leaves(desk.house)
