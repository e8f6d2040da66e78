"""Sidecars that come after their recording was taken in."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from agent.installation import Installation
from agent.intake.metadata.sidecar import SIDECAR_LIMIT_BYTES
from agent.intake.pipeline import Pipeline
from agent.services.desk import Desk
from agent.settings import Settings
from agent.wire import Role
from db.engine import RegisterUnwritable
from db.queries import contact_changes
from tests.agent.calls import sound
from tests.agent.conftest import People
from tests.agent.in_process import unwritable
from tests.agent.intake.taking import spool, take, take_late
from tests.agent.log_reading import entries, leaves
from tests.agent.stored import findings, spool_files, stored

NAME = "2026/11/in-3201-0046701740605-20261123-140500-1795442700.1.wav"
WITHHELD = "in-3201-anonymous-20261123-140500-1795442700.1.wav"
SAID: dict[str, Any] = {"number": "+447700900123", "adviser": "mikko.laine"}
CONTENT = json.dumps(SAID).encode()


def history(house: Installation, contact_id: str) -> dict[str, tuple[bytes | None, bytes | None, str]]:
    with house.register.read():
        changes = contact_changes.history(contact_id)
    return {change.field: (change.old, change.new, change.read_from) for change in changes}


@pytest.mark.parametrize("beside", [NAME + ".json", NAME.replace(".wav", ".json")])
def test_a_late_sidecar_enriches_its_contact_with_history_and_leaves_its_spool(
    house: Installation, beside: str
) -> None:
    contact_id = take(house, NAME, sound()).contact_id
    taken = take_late(house, beside, CONTENT)
    (contact,) = stored(house).contacts
    assert taken is not None
    assert (taken.contact_id, taken.account) == (contact_id, "mikko.laine")
    assert (contact.number, contact.adviser, contact.adviser_account) == ("+447700900123", "Mikko Laine", "mikko.laine")
    assert contact.recordings[0].sidecar == CONTENT
    assert json.loads(contact.provenance)["number"]["read_from"] == "sidecar"
    changes = history(house, contact.id)
    assert changes["number"] == (b"+46701740605", b"+447700900123", "sidecar")
    assert changes["adviser"] == (b"Anna Berg", b"Mikko Laine", "sidecar")
    assert "started_at_ms" not in changes
    entry = entries(house)[-1]
    assert (entry["action"], entry["target"]) == ("contact.enrich", contact.id)
    assert set(entry["detail"]["fields"].split()) == set(changes)
    assert spool_files(spool(house)) == []
    assert stored(house).removals == []
    assert findings(house) == []


def test_the_new_facts_are_found_and_the_old_are_not(house: Installation) -> None:
    from db.queries.contacts import ContactFilter, Term, TermKind, count

    take(house, NAME, sound())
    take_late(house, NAME + ".json", CONTENT)

    def found(kind: TermKind, value: str) -> int:
        with house.register.read():
            return count(ContactFilter((Term(kind, value),)))

    assert found(TermKind.NUMBER, "+447700900123") == 1
    assert found(TermKind.NUMBER, "+46701740605") == 0
    assert found(TermKind.ADVISER, "mikko.laine") == 1
    assert found(TermKind.ADVISER, "anna.berg") == 0


def test_a_sidecar_without_its_recording_stays_and_is_taken_along_when_that_comes(house: Installation) -> None:
    assert take_late(house, NAME + ".json", CONTENT) is None
    assert [file.read_bytes() for file in spool_files(spool(house))] == [CONTENT]
    take(house, NAME, sound())
    assert stored(house).contacts[0].number == "+447700900123"
    assert spool_files(spool(house)) == []


def test_a_sidecar_of_a_sound_file_with_another_ending_is_another_files(house: Installation) -> None:
    take(house, NAME, sound())
    assert take_late(house, NAME.replace(".wav", ".WAV") + ".json", CONTENT) is None
    assert take_late(house, NAME.replace("2026/11", "2026/12") + ".json", CONTENT) is None


def test_a_second_late_sidecar_keeps_the_first_in_the_history(house: Installation) -> None:
    contact_id = take(house, NAME, sound()).contact_id
    assert contact_id is not None
    take_late(house, NAME + ".json", CONTENT)
    later = json.dumps({**SAID, "adviser": "anna.berg"}).encode()
    take_late(house, NAME + ".json", later)
    (contact,) = stored(house).contacts
    assert contact.recordings[0].sidecar == later
    assert contact.adviser == "Anna Berg"
    assert history(house, contact_id)["sidecar"][0] == CONTENT


def test_a_sidecar_that_cannot_be_read_is_kept_and_changes_nothing_but_the_remark(house: Installation) -> None:
    take(house, NAME, sound())
    take_late(house, NAME + ".json", b"{no json")
    (contact,) = stored(house).contacts
    assert contact.number == "+46701740605"
    assert contact.recordings[0].sidecar == b"{no json"
    assert "sidecar" in (contact.attention or "")


def test_a_number_that_is_withheld_after_all_is_in_no_row_any_more(house: Installation) -> None:
    take(house, NAME, sound())
    take_late(house, NAME + ".json", json.dumps({"number": "+447700900123"}).encode())
    take_late(house, NAME + ".json", json.dumps({"number": None}).encode())
    (contact,) = stored(house).contacts
    assert (contact.number, contact.withheld) == (None, True)
    assert "70174060" not in contact.recordings[0].source_name
    assert "70174060" not in contact.provenance
    assert history(house, contact.id)["number"][:2] == (None, None)


def test_what_is_too_large_for_a_sidecar_stays_where_it_lies(house: Installation) -> None:
    take(house, NAME, sound())
    assert take_late(house, NAME + ".json", b" " * (SIDECAR_LIMIT_BYTES + 1)) is None
    assert len(spool_files(spool(house))) == 1


def test_when_it_cannot_become_durable_nothing_has_changed(house: Installation) -> None:
    take(house, NAME, sound())
    before = stored(house)
    with unwritable(house), pytest.raises(RegisterUnwritable):
        take_late(house, NAME + ".json", CONTENT)
    assert stored(house) == before
    assert [hashlib.sha256(file.read_bytes()).digest() for file in spool_files(spool(house))] == [
        hashlib.sha256(CONTENT).digest()
    ]
    take_late(house, NAME + ".json", CONTENT)
    assert stored(house).contacts[0].number == "+447700900123"


def test_killed_before_it_left_its_spool_it_is_removed_by_the_next_start(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(house, NAME, sound())

    def refused(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("agent.intake.leaving.remove", refused)
        take_late(house, NAME + ".json", CONTENT)
    assert len(spool_files(spool(house))) == 1
    Pipeline(house).recover()
    assert spool_files(spool(house)) == []
    assert stored(house).removals == []


def test_no_entry_tells_what_changed_to_what(house: Installation) -> None:
    take(house, NAME, sound())
    take_late(house, NAME + ".json", CONTENT)
    for secret in (b"7700900123", b"70174060", b"Mikko", b".json", b".wav"):
        assert secret not in leaves(house)


def test_who_looks_at_the_contact_sees_what_was_changed(desk: Desk, settings: Settings, people: People) -> None:
    contact_id = take(desk.house, NAME, sound()).contact_id
    assert contact_id is not None
    take_late(desk.house, NAME + ".json", CONTENT)
    shown = desk.contacts.show(people.caller(Role.MANAGER), contact_id)
    changes = {change.field: (change.old, change.new, change.read_from) for change in shown.changes}
    assert changes["number"] == ("+46701740605", "+447700900123", "sidecar")
    assert changes["adviser"] == ("Anna Berg", "Mikko Laine", "sidecar")
