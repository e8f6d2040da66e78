"""Sources whose recorder needs its files where they are: catalogued, watched, and read only as they were taken in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.errors import IntegrityBroken
from agent.installation import Installation, open_installation
from agent.intake import in_place as reading
from agent.intake.backlog import Backlog
from agent.intake.in_place import InPlaceFiles
from agent.intake.in_place_watch import InPlaceWatch
from agent.intake.opened import open_in_spool, spool_of
from agent.intake.pipeline import Pipeline, SourceChanged
from agent.intake.prepared import Foreign
from agent.intake.recordings import Recordings
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.settings import Settings
from agent.vault.keys import SealBroken
from agent.wire import Role
from db.engine import RegisterUnwritable
from db.queries import in_place
from tests.agent.calls import put, sound
from tests.agent.clock import Clock
from tests.agent.conftest import People
from tests.agent.in_process import unwritable
from tests.agent.intake.taking import spool, take, take_late
from tests.agent.intake.test_loop import Loop, started
from tests.agent.log_reading import entries, leaves
from tests.agent.stored import findings, spool_files, stored, vault_files
from tests.agent.waiting import until

NAME = "2026/11/in-3201-0046701740605-20261123-140500-1795442700.1.wav"
OTHER = "2026/11/in-3202-0046701740606-20261123-140500-1795442700.2.wav"
WHY = Stated("quality")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    source = settings.source[0].model_copy(update={"mode": "in-place"})
    return settings.model_copy(update={"source": [source]})


def told(house: Installation) -> list[str]:
    """What the log tells of sources and of taking in, in order."""
    return [entry["action"] for entry in entries(house) if entry["action"].split(".")[0] in ("source", "contact")]


def released(desk: Desk, people: People, contact_id: str) -> bytes:
    release = desk.listening.listen(people.caller(Role.MANAGER), contact_id, None, WHY, None)
    return b"".join(release.pieces())


def taken(house: Installation, name: str = NAME, content: bytes | None = None) -> str:
    contact_id = take(house, name, sound() if content is None else content).contact_id
    assert contact_id is not None
    return contact_id


# --- taking in -------------------------------------------------------------------------------------------------------


def test_it_is_catalogued_and_stays_where_it_lies(house: Installation) -> None:
    content = sound()
    contact_id = taken(house, content=content)
    [file] = spool_files(spool(house))
    assert file.read_bytes() == content
    assert vault_files(house) == []
    entry = entries(house)[-1]
    assert (entry["action"], entry["target"]) == ("contact.take_in", contact_id)
    assert (entry["detail"]["kept"], entry["detail"]["source"]) == ("in-place", "pbx")
    assert stored(house).removals == []
    assert findings(house) == []
    for secret in (b"70174060", b".wav", b"2026/11"):
        assert secret not in leaves(house)


def test_a_sealed_one_has_no_word_of_it_in_its_entry(house: Installation, settings: Settings) -> None:
    sealed = settings.source[0].model_copy(update={"mode": "sealed"})
    put(sealed.spool, NAME, sound())
    with spool_of(sealed) as spool_fd, open_in_spool(spool_fd, NAME) as opened:
        Pipeline(house).take_in(sealed, spool_fd, opened, NAME)
    assert "kept" not in entries(house)[-1]["detail"]


def test_taken_in_again_it_is_the_same(house: Installation) -> None:
    content = sound()
    contact_id = taken(house, content=content)
    again = take(house, NAME, content)
    assert (again.contact_id, again.is_new) == (contact_id, False)
    assert told(house) == ["contact.take_in"]


def test_the_same_content_twice_is_two_contacts_of_which_one_says_so(house: Installation) -> None:
    first = taken(house)
    second = taken(house, OTHER)
    assert len(stored(house).contacts) == 2
    [attention] = [contact.attention or "" for contact in stored(house).contacts if contact.id == second]
    assert first in attention


def test_legs_are_one_contact(house: Installation) -> None:
    stem = NAME.removesuffix(".wav")
    first = taken(house, f"{stem}-in.wav", sound(channels=1))
    second = taken(house, f"{stem}-out.wav", sound(channels=1, seed=1))
    assert first == second
    assert len(stored(house).contacts[0].recordings) == 2
    assert len(spool_files(spool(house))) == 2


def test_when_it_cannot_become_durable_nothing_is_known_of_it(house: Installation) -> None:
    with unwritable(house), pytest.raises(RegisterUnwritable):
        take(house, NAME, sound())
    assert stored(house).contacts == []
    taken(house)
    assert len(stored(house).contacts) == 1


def test_what_is_no_recording_is_foreign_and_is_not_kept(house: Installation) -> None:
    with pytest.raises(Foreign):
        take(house, NAME, b"no sound at all" * 100)
    assert vault_files(house) == []


def test_one_that_is_written_to_meanwhile_is_not_kept(house: Installation) -> None:
    def write_on(step: str) -> None:
        if step == "opened":
            with (spool(house) / NAME).open("ab") as more:
                more.write(b"more")

    with pytest.raises(SourceChanged):
        take(house, NAME, sound(), Pipeline(house, write_on))
    assert stored(house).contacts == []


def test_a_backlog_stays_where_it_lies(house: Installation) -> None:
    for n in range(5):
        put(spool(house), f"2026/{n}.wav", sound(0.2, seed=n))
    put(spool(house), "2026/none.wav", b"RIFF....WAVE")
    for file in spool_files(spool(house)):
        os.utime(file, (1, 1))
    tally = Backlog(house, lambda tally: None).take_in()
    assert (tally.taken_in, tally.quarantined, tally.waiting) == (5, 0, 1)
    assert len(spool_files(spool(house))) == 6
    again = Backlog(house, lambda tally: None).take_in()
    assert (again.taken_in, again.waiting) == (0, 6)
    assert findings(house) == []


# --- reading ---------------------------------------------------------------------------------------------------------


def test_it_is_heard_exported_and_drawn(desk: Desk, people: People) -> None:
    content = sound()
    contact_id = taken(desk.house, content=content)
    assert released(desk, people, contact_id) == content
    export = desk.listening.export(people.caller(Role.MANAGER), contact_id, None, Stated("quality", reason="asked"))
    assert b"".join(export.pieces()) == content
    assert desk.listening.waveform(people.caller(Role.MANAGER), contact_id, None, 10).peaks


def overwrite(file: Path) -> None:
    with file.open("r+b") as content:
        content.seek(500)
        content.write(b"\0\1\2\3")


def longer(file: Path) -> None:
    with file.open("ab") as content:
        content.write(b"\0")


def replaced(file: Path) -> None:
    file.unlink()
    file.write_bytes(sound(seed=9))


def linked(file: Path) -> None:
    elsewhere = file.rename(file.parent.parent / "elsewhere.bin")
    file.symlink_to(elsewhere)


def folder_linked(file: Path) -> None:
    elsewhere = file.parent.rename(file.parent.parent / "elsewhere")
    file.parent.symlink_to(elsewhere)


DAMAGES = [overwrite, longer, replaced, linked, folder_linked, Path.unlink]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("is_heard_before", [False, True])
def test_one_that_was_touched_gives_nothing_and_the_log_says_so(
    desk: Desk, people: People, monkeypatch: pytest.MonkeyPatch, damage: Any, is_heard_before: bool
) -> None:
    monkeypatch.setattr(reading, "_YOUNG_NS", 0)
    contact_id = taken(desk.house)
    if is_heard_before:
        released(desk, people, contact_id)
    damage(spool(desk.house) / NAME)
    for ask in (
        lambda: released(desk, people, contact_id),
        lambda: desk.listening.waveform(people.caller(Role.MANAGER), contact_id, None, 10),
    ):
        with pytest.raises(IntegrityBroken) as broken:
            ask()
        assert "70174060" not in str(broken.value)
        entry = entries(desk.house)[-1]
        assert (entry["outcome"], entry["reason"]) == ("failed", "integrity-broken")
    assert b"70174060" not in leaves(desk.house)


@pytest.mark.parametrize("damage", DAMAGES)
def test_verify_names_one_that_was_touched(house: Installation, damage: Any) -> None:
    taken(house)
    taken(house, OTHER, sound(seed=1))
    [recording] = [contact.recordings[0] for contact in stored(house).contacts if contact.adviser == "Anna Berg"]
    damage(spool(house) / NAME)
    found = findings(house)
    assert any(recording.id in finding for finding in found)
    assert "70174060" not in "".join(found)


def test_one_that_is_written_to_while_it_goes_out_ends_there(
    desk: Desk, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.services.listening.PIECE_BYTES", 1000)
    monkeypatch.setattr("agent.services.release.PIECE_BYTES", 1000)
    content = sound()
    contact_id = taken(desk.house, content=content)
    release = desk.listening.listen(people.caller(Role.MANAGER), contact_id, None, WHY, None)
    pieces = release.pieces()
    out = next(pieces)
    longer(spool(desk.house) / NAME)
    with pytest.raises(IntegrityBroken):
        out += b"".join(pieces)
    assert out == content[:1000]
    until(lambda: entries(desk.house)[-1]["action"] == "contact.released")
    assert entries(desk.house)[-1]["detail"]["ended"] == "failed"


def test_a_state_of_a_file_is_hashed_once_and_a_young_one_each_time(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[int] = []
    real = reading.hash_of_file
    monkeypatch.setattr(reading, "hash_of_file", lambda opened: hashed.append(1) or real(opened))
    taken(house)
    recordings = Recordings(house)
    [recording] = stored(house).contacts[0].recordings

    def read() -> int:
        recordings.open(recording).close()
        return len(hashed)

    assert [read(), read()] == [1, 2]
    monkeypatch.setattr(reading, "_YOUNG_NS", 0)
    assert [read(), read(), read()] == [3, 3, 3]
    os.utime(spool(house) / NAME, (1, 1))
    assert [read(), read()] == [4, 4]
    InPlaceFiles(house).check(recording.id, recording.sha256)
    assert len(hashed) == 5


def test_a_sealed_recording_whose_key_was_taken_away_is_not_looked_for_elsewhere(house: Installation) -> None:
    with pytest.raises(SealBroken, match="not known where"):
        InPlaceFiles(house).open("0" * 32, bytes(32))


# --- what becomes of it ----------------------------------------------------------------------------------------------


@pytest.fixture
def running(house: Installation) -> Iterator[Loop]:
    (spool(house) / NAME).parent.mkdir(parents=True)
    with started(house) as made:
        yield made


def come(running: Loop, name: str = NAME, content: bytes | None = None) -> Path:
    count = len(stored(running.house).contacts)
    file = put(running.spool, name, sound() if content is None else content)
    until(lambda: len(stored(running.house).contacts) == count + 1)
    running.until_rescanned()
    return file


def attention(running: Loop) -> str:
    return "; ".join(contact.attention or "" for contact in stored(running.house).contacts)


def trouble(running: Loop) -> str | None:
    return running.loop.status()[0].trouble


def test_one_that_is_changed_is_said_once_for_each_state_and_again_when_it_is_right(running: Loop) -> None:
    content = sound()
    file = come(running, content=content)
    assert told(running.house) == ["contact.take_in"]
    overwrite(file)
    until(lambda: told(running.house)[1:] == ["source.changed"])
    until(lambda: trouble(running) == "of the recordings in place 1 were changed and 0 are gone")
    assert "changed where it lies" in attention(running)
    running.until_rescanned(3)
    file.chmod(0o600)
    running.until_rescanned(3)
    assert told(running.house)[1:] == ["source.changed"]
    file.write_bytes(content)
    until(lambda: told(running.house)[1:] == ["source.changed", "source.returned"])
    until(lambda: trouble(running) is None)
    assert "changed" not in attention(running)
    assert findings(running.house) == []


def test_what_is_acknowledged_stands_no_longer_and_a_later_loss_does(running: Loop) -> None:
    file, other = come(running), come(running, OTHER, sound(seed=1))
    file.unlink()
    until(lambda: trouble(running) == "of the recordings in place 0 were changed and 1 are gone")
    running.house.register.write(lambda: in_place.acknowledge("pbx", in_place.LAST_SEQ))
    assert trouble(running) is None
    running.until_rescanned(3)
    assert trouble(running) is None
    assert "gone from where it lay" in attention(running)
    overwrite(other)
    until(lambda: trouble(running) == "of the recordings in place 1 were changed and 0 are gone")


def test_one_that_is_cut_to_nothing_is_changed_and_no_foreign_file(running: Loop) -> None:
    file = come(running)
    os.truncate(file, 0)
    until(lambda: told(running.house)[1:] == ["source.changed"])
    assert running.reasons() == []


def test_one_that_is_gone_is_said_once_and_again_when_it_is_back(running: Loop) -> None:
    content = sound()
    file = come(running, content=content)
    file.unlink()
    until(lambda: told(running.house)[1:] == ["source.vanished"])
    until(lambda: trouble(running) == "of the recordings in place 0 were changed and 1 are gone")
    assert "gone from where it lay" in attention(running)
    running.until_rescanned(3)
    assert told(running.house)[1:] == ["source.vanished"]
    put(running.spool, "restored/" + OTHER, content)
    until(lambda: told(running.house)[1:] == ["source.vanished", "source.returned"])
    until(lambda: trouble(running) is None)
    assert findings(running.house) == []


def test_one_that_is_renamed_is_known_again(running: Loop, people: People) -> None:
    file = come(running)
    file.rename(running.spool / "renamed.wav")
    until(lambda: told(running.house)[1:] == ["source.renamed"])
    running.until_rescanned(8)
    assert told(running.house)[1:] == ["source.renamed"]
    assert trouble(running) is None
    assert findings(running.house) == []


def test_one_that_is_touched_but_not_written_to_is_the_same(running: Loop) -> None:
    file = come(running)
    file.chmod(0o640)
    os.utime(file, (1_795_435_000, 1_795_435_000))
    running.until_rescanned(4)
    assert told(running.house) == ["contact.take_in"]


def test_another_recording_under_its_name_is_a_new_contact_and_the_old_one_is_gone(running: Loop) -> None:
    file = come(running)
    other = put(running.spool, ".new", sound(seed=7))
    other.rename(file)
    until(lambda: len(stored(running.house).contacts) == 2)
    assert sorted(told(running.house)[1:]) == ["contact.take_in", "source.vanished"]
    running.until_rescanned(3)
    assert len(told(running.house)) == 3


def test_a_link_in_its_place_is_no_recording(running: Loop) -> None:
    file = come(running)
    linked(file)
    until(lambda: "source.vanished" in told(running.house))
    assert [reason for _name, reason in running.reasons()] == ["not-a-regular-file"]


def test_a_foreign_file_is_said_once_and_lies_where_it_lies(running: Loop) -> None:
    come(running)
    file = put(running.spool, "strange.wav", b"no sound at all" * 100)
    os.utime(file, (1, 1))
    until(lambda: told(running.house)[1:] == ["source.foreign"])
    running.until_rescanned(3)
    assert told(running.house)[1:] == ["source.foreign"]
    assert running.reasons() == [("strange.wav", "not-audio")]
    assert file.exists()
    assert vault_files(running.house) == []
    file.write_bytes(sound(seed=4))
    until(lambda: told(running.house)[1:] == ["source.foreign", "contact.take_in"])
    until(lambda: running.reasons() == [])


def test_after_a_restart_all_is_known_and_what_happened_meanwhile_is_said(
    house: Installation, settings: Settings, clock: Clock
) -> None:
    (spool(house) / NAME).parent.mkdir(parents=True)
    with started(house) as before:
        first = come(before)
        second = come(before, OTHER, sound(seed=1))
        come(before, "third.wav", sound(seed=2))
    first.unlink()
    overwrite(second)
    house.close()
    again = open_installation(settings, now_ms=clock)
    try:
        with started(again) as after:
            until(lambda: len(told(again)) == 5)
            after.until_rescanned(3)
        assert sorted(told(again)[3:]) == ["source.changed", "source.vanished"]
        assert len(stored(again).contacts) == 3
    finally:
        again.close()


def test_another_file_system_in_its_place_is_trouble_and_no_loss_of_each_file(house: Installation) -> None:
    taken(house)
    source = house.settings.source[0]
    watch = InPlaceWatch(house, source)
    with spool_of(source) as spool_fd:
        list(watch.begin())
        watch._devices = {-1}
        list(watch.end(spool_fd))
    assert watch.trouble == "another file system lies where the recordings lay"
    assert told(house) == ["contact.take_in"]


def test_what_is_gone_is_said_when_the_register_can_be_written_again(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(house)
    (spool(house) / NAME).unlink()
    source = house.settings.source[0]
    monkeypatch.setattr("agent.intake.in_place_watch.MISSED_QUIETS", 0.0)
    watch = InPlaceWatch(house, source)
    with spool_of(source) as spool_fd:
        list(watch.begin())
        with unwritable(house), pytest.raises(RegisterUnwritable):
            list(watch.end(spool_fd))
        assert told(house) == ["contact.take_in"]
        list(watch.begin())
        list(watch.end(spool_fd))
    assert told(house) == ["contact.take_in", "source.vanished"]


# --- sidecars --------------------------------------------------------------------------------------------------------

SAID = json.dumps({"number": "+447700900123", "adviser": "mikko.laine"}).encode()


def test_a_sidecar_that_lies_beside_it_is_read_and_stays(house: Installation) -> None:
    put(spool(house), NAME + ".json", SAID)
    taken(house)
    assert stored(house).contacts[0].number == "+447700900123"
    assert len(spool_files(spool(house))) == 2
    late = take_late(house, NAME + ".json", SAID)
    assert late is not None
    assert not late.is_new
    assert told(house) == ["contact.take_in"]


def test_one_that_comes_later_enriches_it_once_and_stays(running: Loop) -> None:
    come(running)
    put(running.spool, NAME + ".json", SAID)
    until(lambda: told(running.house)[1:] == ["contact.enrich"])
    running.until_rescanned(3)
    assert told(running.house)[1:] == ["contact.enrich"]
    assert stored(running.house).contacts[0].number == "+447700900123"
    assert len(spool_files(running.spool)) == 2
    put(running.spool, NAME + ".json", SAID.replace(b"mikko.laine", b"anna.berg"))
    until(lambda: told(running.house)[1:] == ["contact.enrich"] * 2)
    put(running.spool, NAME.replace(".wav", ".json"), SAID)
    running.until_rescanned(4)
    assert told(running.house)[1:] == ["contact.enrich"] * 2


def test_one_of_a_recording_that_was_changed_holds_nothing_up(running: Loop) -> None:
    file = come(running)
    overwrite(file)
    put(running.spool, NAME + ".json", SAID)
    until(lambda: "source.changed" in told(running.house))
    come(running, OTHER, sound(seed=3))
    assert running.loop.paused is None
