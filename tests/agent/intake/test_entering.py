"""Legs of one call, and the same content once more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from agent.installation import Installation, create, open_installation
from agent.intake.legs import REMEMBERED_MS, WAITED_FOR_MS, Legs
from agent.settings import Settings
from tests.agent.calls import sound
from tests.agent.clock import Clock
from tests.agent.intake.taking import spool, take
from tests.agent.log_reading import entries, leaves
from tests.agent.stored import findings, spool_files, stored, vault_files

CALL = "20261123-140500_+46701740605"
LEGS = {f"{CALL}-in.wav": "in", f"{CALL}-out.wav": "out", f"{CALL}-all.wav": ""}
FREEPBX = "in-3201-0046701740605-20261123-140500-1795442700.{}.wav"


@pytest.fixture
def vicidial(settings: Settings) -> Settings:
    source = settings.source[0].model_copy(update={"convention": "vicidial"})
    return settings.model_copy(update={"source": [source]})


@pytest.fixture
def dialler(vicidial: Settings, clock: Clock) -> Iterator[Installation]:
    """The installation of a recorder that writes legs."""
    made = create(vicidial, now_ms=clock)
    yield made
    made.close()


@pytest.mark.parametrize("order", list(permutations(LEGS)))
def test_whichever_leg_comes_first_makes_the_contact_and_the_others_join_it(
    dialler: Installation, order: tuple[str, ...]
) -> None:
    taken = [take(dialler, name, sound(1 + place, seed=place)) for place, name in enumerate(order)]
    (contact,) = stored(dialler).contacts
    assert {each.contact_id for each in taken} == {contact.id}
    assert [recording.leg for recording in contact.recordings] == ["", "in", "out"], "the mix is heard first"
    assert {recording.source_name for recording in contact.recordings} == set(LEGS)
    assert contact.duration_ms == 3000
    assert [entry["action"] for entry in entries(dialler)] == ["contact.take_in", "contact.join", "contact.join"]
    assert {entry["target"] for entry in entries(dialler)} == {contact.id}
    assert [entry["detail"].get("leg", "") for entry in entries(dialler)] == [LEGS[name] for name in order]
    assert spool_files(spool(dialler)) == []
    assert {file.stem for file in vault_files(dialler)} == {recording.id for recording in contact.recordings}
    assert findings(dialler) == []


def test_a_leg_joins_after_a_restart_too(vicidial: Settings, clock: Clock) -> None:
    house = create(vicidial, now_ms=clock)
    take(house, f"{CALL}-in.wav", sound(seed=1))
    house.close()
    house = open_installation(vicidial, now_ms=clock)
    try:
        take(house, f"{CALL}-out.wav", sound(seed=2))
        (contact,) = stored(house).contacts
        assert [recording.leg for recording in contact.recordings] == ["in", "out"]
    finally:
        house.close()


def test_the_same_leg_once_more_is_a_contact_of_its_own(dialler: Installation) -> None:
    first = take(dialler, f"{CALL}-in.wav", sound(seed=1))
    second = take(dialler, f"{CALL}-in.wav", sound(seed=2))
    assert first.contact_id != second.contact_id
    assert [len(contact.recordings) for contact in stored(dialler).contacts] == [1, 1]


def test_a_leg_whose_other_never_comes_is_said_once_and_no_more_when_it_comes(
    dialler: Installation, clock: Clock
) -> None:
    take(dialler, f"{CALL}-in.wav", sound(seed=1))
    legs = Legs(dialler)
    legs.look()
    assert "one leg" not in (stored(dialler).contacts[0].attention or "")
    clock.forward(hours=WAITED_FOR_MS / 3_600_000 + 0.1)
    legs.look()
    Legs(dialler).look()
    assert "only one leg of the call has come" in (stored(dialler).contacts[0].attention or "")
    assert [entry["action"] for entry in entries(dialler)].count("contact.incomplete") == 1
    take(dialler, f"{CALL}-out.wav", sound(seed=2))
    (contact,) = stored(dialler).contacts
    assert "one leg" not in (contact.attention or "")
    assert findings(dialler) == []


def test_a_leg_after_weeks_finds_its_call_forgotten(dialler: Installation, clock: Clock) -> None:
    take(dialler, f"{CALL}-in.wav", sound(seed=1))
    clock.forward(hours=REMEMBERED_MS / 3_600_000 + 1)
    Legs(dialler).look()
    take(dialler, f"{CALL}-out.wav", sound(seed=2))
    assert len(stored(dialler).contacts) == 2


def test_a_leg_that_fails_to_become_durable_leaves_the_contact_as_it_was(
    dialler: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(dialler, f"{CALL}-in.wav", sound(seed=1))
    before = stored(dialler)

    def fail(*_arguments: object) -> None:
        raise RuntimeError("halfway")

    with monkeypatch.context() as patched:
        patched.setattr("db.queries.contact_changes.revise", fail)
        with pytest.raises(RuntimeError, match="halfway"):
            take(dialler, f"{CALL}-out.wav", sound(seed=2))
    assert stored(dialler) == before
    assert [file.name for file in spool_files(spool(dialler))] == [f"{CALL}-out.wav"]
    assert len(vault_files(dialler)) == 1
    assert findings(dialler) == []


def test_the_same_content_once_more_is_noted_and_not_dropped(house: Installation) -> None:
    first = take(house, FREEPBX.format(1), sound(seed=1))
    second = take(house, FREEPBX.format(2), sound(seed=1))
    repeated = next(contact for contact in stored(house).contacts if contact.id == second.contact_id)
    assert f"the same recording as contact {first.contact_id}" in (repeated.attention or "")
    assert entries(house)[-1]["detail"]["same_as"] == first.contact_id
    assert "same_as" not in entries(house)[-2]["detail"]
    assert len(vault_files(house)) == 2


def test_no_entry_of_a_leg_holds_a_number_or_a_name(dialler: Installation) -> None:
    for place, name in enumerate(LEGS):
        take(dialler, name, sound(seed=place))
    assert b"70174060" not in leaves(dialler)
    assert b".wav" not in leaves(dialler)
    assert b"20261123-140500" not in leaves(dialler)


def test_a_register_holds_no_name_for_what_comes_later(dialler: Installation, tmp_path: Path) -> None:
    take(dialler, f"{CALL}-in.wav", sound(seed=1))
    from db.models import Arrival

    with dialler.register.read():
        (row,) = list(Arrival.select().dicts())
    assert "70174060" not in str(row)
