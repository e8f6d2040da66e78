"""Asterisk's own records joined with recordings: there already, or written when the recording was long taken in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from agent.installation import Installation, create, open_installation
from agent.intake import late_calls
from agent.intake.late_calls import LateCalls
from agent.intake.loop import IntakeLoop
from agent.intake.metadata.master_csv import read_line
from agent.intake.pipeline import Pipeline, Taken
from agent.settings import Settings
from db.engine import RegisterUnwritable
from db.queries import contact_changes
from db.records import ContactRecord
from tests.agent.calls import put, sound
from tests.agent.clock import Clock
from tests.agent.in_process import unwritable
from tests.agent.intake.taking import spool, take, take_late
from tests.agent.intake.test_call_records import line
from tests.agent.log_reading import entries, leaves
from tests.agent.stored import findings, stored, vault_files
from tests.agent.waiting import until

UNIQUE = "1795435500.265"
NAME = f"{UNIQUE}.wav"
"""As a recorder names a file that tells nothing but which call it is."""
KNOWN = f"in-3201-0046701740605-20261123-140500-{UNIQUE}.wav"


def written(house: Installation, *lines: bytes) -> Path:
    file = house.settings.source[0].call_records
    assert file is not None
    with file.open("ab") as more:
        more.writelines(lines)
    return file


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    source = settings.source[0].model_copy(update={"call_records": tmp_path / "Master.csv", "country": "SE"})
    return settings.model_copy(update={"source": [source]})


class Joining:
    """The pipeline of an agent with what looks for late records beside it."""

    def __init__(self, house: Installation) -> None:
        self.house = house
        self.pipeline = Pipeline(house)
        self.taken: list[Taken] = []
        self.late = LateCalls(house, self.pipeline.calls, self.taken.append)

    def take(self, name: str = NAME, seed: int = 0) -> str:
        contact_id = take(self.house, name, sound(0.2, seed=seed), self.pipeline).contact_id
        assert contact_id is not None
        return contact_id

    def contact(self) -> ContactRecord:
        [contact] = stored(self.house).contacts
        return contact


@pytest.fixture
def joining(house: Installation) -> Iterator[Joining]:
    made = Joining(house)
    yield made
    made.pipeline.calls.close()


def history(house: Installation, contact_id: str) -> dict[str, tuple[bytes | None, bytes | None, str]]:
    with house.register.read():
        changes = contact_changes.history(contact_id)
    return {change.field: (change.old, change.new, change.read_from) for change in changes}


def test_a_record_that_is_there_is_joined_when_its_recording_comes(house: Installation, joining: Joining) -> None:
    written(house, line("1.1"), line(UNIQUE))
    joining.take()
    contact = joining.contact()
    assert (contact.number, contact.extension, contact.adviser_account) == ("+46701740605", "3201", "anna.berg")
    assert (contact.direction, contact.service) == ("in", "Vatten")
    assert json.loads(contact.provenance)["number"]["read_from"] == "call record"
    assert contact.attention is None
    joining.late.look()
    assert joining.taken == []
    assert entries(house)[-1]["action"] == "contact.take_in"


@pytest.mark.parametrize("how", ["somebody asked about the calls", "the file was rotated"])
def test_a_record_that_was_read_before_the_intake_looked_is_joined_all_the_same(
    how: str, house: Installation, joining: Joining
) -> None:
    written(house, line("1.1"))
    contact_id = joining.take()
    joining.late.look()
    file = written(house, line(UNIQUE))
    if how == "the file was rotated":
        file.rename(file.with_name("Master.csv.1"))
        assert joining.pipeline.calls.of("pbx", UNIQUE) is None
    else:
        with joining.pipeline.calls.since("pbx", datetime.fromisoformat("2026-11-01")):
            pass
    joining.late.look()
    assert joining.taken == [Taken(contact_id, "anna.berg")]


def test_a_record_that_is_written_later_enriches_its_contact_with_history(
    house: Installation, joining: Joining
) -> None:
    written(house, line("1.1"))
    contact_id = joining.take()
    assert joining.contact().number is None
    joining.late.look()
    written(house, line(UNIQUE))
    joining.late.look()
    contact = joining.contact()
    assert joining.taken == [Taken(contact_id, "anna.berg")]
    assert (contact.number, contact.extension, contact.service) == ("+46701740605", "3201", "Vatten")
    assert contact.attention is None
    provenance = json.loads(contact.provenance)
    assert {provenance[field]["read_from"] for field in ("number", "direction", "extension")} == {"call record"}
    changes = history(house, contact_id)
    assert changes["number"] == (None, b"+46701740605", "call record")
    entry = entries(house)[-1]
    assert (entry["action"], entry["target"]) == ("contact.enrich", contact_id)
    assert entry["detail"]["read_from"] == "call record"
    assert set(entry["detail"]["fields"].split()) == set(changes)
    assert findings(house) == []
    for secret in (b"0701740605", b"70174060", UNIQUE.encode(), b"Anna"):
        assert secret not in leaves(house)


def test_it_is_joined_once(house: Installation, joining: Joining) -> None:
    joining.take()
    written(house, line(UNIQUE))
    joining.late.look()
    size = len(entries(house))
    written(house, line(UNIQUE), line("1.2"))
    joining.late.look()
    assert len(entries(house)) == size


def test_after_a_restart_a_recording_still_finds_its_record(settings: Settings, clock: Clock) -> None:
    with_it = create(settings, now_ms=clock)
    Joining(with_it).take()
    with_it.close()
    again = open_installation(settings, now_ms=clock)
    try:
        written(again, line(UNIQUE))
        joining = Joining(again)
        joining.late.look()
        assert joining.contact().number == "+46701740605"
        size = len(entries(again))
        Joining(again).late.look()
        assert len(entries(again)) == size
    finally:
        again.close()


def test_a_record_that_comes_after_a_day_is_not_waited_for(house: Installation, joining: Joining, clock: Clock) -> None:
    joining.take()
    joining.late.look()
    clock.forward(minutes=1, hours=late_calls.AWAITED_MS / 3_600_000)
    written(house, line(UNIQUE))
    joining.late.look()
    assert joining.contact().number is None


def test_what_the_name_says_is_believed_first(house: Installation, joining: Joining) -> None:
    joining.take(KNOWN)
    before = joining.contact()
    written(house, line(UNIQUE, **{"0701740605": "0701740606", "3201": "3202"}))
    joining.late.look()
    assert joining.contact() == before


def test_what_a_sidecar_said_meanwhile_stays_and_the_record_fills_the_rest(
    house: Installation, joining: Joining
) -> None:
    joining.take()
    joining.late.look()
    said = {"number": "+447700900123", "direction": "in"}
    take_late(house, NAME + ".json", json.dumps(said).encode(), joining.pipeline)
    written(house, line(UNIQUE))
    joining.late.look()
    contact = joining.contact()
    assert (contact.number, contact.extension) == ("+447700900123", "3201")


def test_a_late_sidecar_takes_nothing_away_that_a_record_said(house: Installation, joining: Joining) -> None:
    written(house, line(UNIQUE))
    joining.take()
    take_late(house, NAME + ".json", b'{"service": "Avlopp"}', joining.pipeline)
    contact = joining.contact()
    assert (contact.number, contact.service) == ("+46701740605", "Avlopp")


def test_a_number_that_is_withheld_stays_so_whatever_the_record_says(house: Installation, joining: Joining) -> None:
    joining.take(f"in-600-anonymous-20261123-140500-{UNIQUE}.wav")
    written(house, line(UNIQUE))
    joining.late.look()
    contact = joining.contact()
    assert (contact.number, contact.withheld, contact.extension) == (None, True, "3201")
    assert "701740605" not in contact.provenance


def test_the_line_of_a_call_that_was_answered_follows_that_of_a_telephone_that_rang(
    house: Installation, joining: Joining
) -> None:
    joining.take()
    busy = line(UNIQUE, ANSWERED="NO ANSWER", **{"PJSIP/3201-00000002": "PJSIP/3202-00000002"})
    assert read_line(busy) is not None
    written(house, busy)
    joining.late.look()
    assert joining.contact().extension == "3202"
    written(house, line(UNIQUE))
    joining.late.look()
    contact = joining.contact()
    assert (contact.extension, contact.adviser_account) == ("3201", "anna.berg")


def test_of_many_some_are_joined_at_a_time_and_the_rest_at_the_next_look(
    house: Installation, joining: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_calls, "OPENED_AT_ONCE", 2)
    monkeypatch.setattr(late_calls, "READ_AT_ONCE", 3)
    for n in range(5):
        joining.take(f"179544270{n}.1.wav", seed=n)
    written(house, *(line(f"179544270{n}.1") for n in range(5)))
    joined = []
    for _look in range(4):
        joining.late.look()
        joined.append(len(joining.taken))
    assert joined == [2, 3, 5, 5] or joined == [2, 4, 5, 5]


def test_the_oldest_are_given_up_when_too_many_wait(
    house: Installation, joining: Joining, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_calls, "AWAITED_LIMIT", 1)
    joining.take("1795442700.1.wav", seed=1)
    later = joining.take("1795442701.1.wav", seed=2)
    written(house, line("1795442700.1"), line("1795442701.1"))
    joining.late.look()
    assert [taken.contact_id for taken in joining.taken] == [later]


# --- trouble ---------------------------------------------------------------------------------------------------------


def test_records_that_cannot_be_read_hold_no_recording_up_and_are_joined_when_they_can(
    house: Installation, joining: Joining
) -> None:
    file = house.settings.source[0].call_records
    assert file is not None
    file.mkdir()
    joining.take()
    assert joining.pipeline.calls.trouble("pbx") == "the call records cannot be read (it is no file)"
    file.rmdir()
    joining.late.look()
    assert joining.pipeline.calls.trouble("pbx") == "the call records cannot be read (No such file or directory)"
    written(house, line(UNIQUE))
    joining.late.look()
    assert joining.pipeline.calls.trouble("pbx") is None
    assert joining.contact().number == "+46701740605"


@pytest.mark.parametrize("looks_before", [0, 1])
def test_when_it_cannot_become_durable_nothing_has_changed_and_the_next_look_joins_it(
    looks_before: int, house: Installation, joining: Joining
) -> None:
    written(house, line("1.1"))
    joining.take()
    for _ in range(looks_before):
        joining.late.look()
    written(house, line(UNIQUE))
    before = stored(house)
    with unwritable(house), pytest.raises(RegisterUnwritable):
        joining.late.look()
    assert stored(house) == before
    assert joining.taken == []
    joining.late.look()
    assert joining.contact().number == "+46701740605"


def test_a_recording_whose_seal_is_broken_keeps_no_other_from_its_record(house: Installation, joining: Joining) -> None:
    joining.take("1795442700.1.wav", seed=1)
    [broken] = vault_files(house)
    broken.unlink()
    other = joining.take("1795442701.1.wav", seed=2)
    written(house, line("1795442700.1"), line("1795442701.1"))
    joining.late.look()
    assert [taken.contact_id for taken in joining.taken] == [other]


def test_the_running_intake_says_the_trouble_and_joins_what_is_written_later(house: Installation) -> None:
    taken: list[Taken] = []
    loop = IntakeLoop(house, Pipeline(house), taken.append)
    loop.start()
    try:
        put(spool(house), NAME, sound(0.2))
        until(lambda: len(stored(house).contacts) == 1)
        until(lambda: loop.status()[0].trouble is not None)
        assert loop.status()[0].watching
        written(house, line(UNIQUE))
        until(lambda: stored(house).contacts[0].number == "+46701740605")
        until(lambda: loop.status()[0].trouble is None)
    finally:
        loop.stop()
    assert [found.account for found in taken] == [None, "anna.berg"]
