from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.errors import (
    CannotLog,
    IntegrityBroken,
    NotFound,
    NotPermitted,
    PurposeRequired,
    RangeUnavailable,
    WrongUse,
)
from agent.services.caller import Caller
from agent.services.desk import Desk
from agent.services.listening import Stated
from agent.services.release import PIECE_BYTES, Release
from agent.settings import Settings
from agent.vault.sealed import CHUNK_BYTES, HEADER_BYTES
from agent.wire import ContactSort, Role
from tests.agent.calls import sound
from tests.agent.conftest import People, TakeIn
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, leaves, newest

CALL = sound(2.0)
QUALITY = Stated("quality")


@pytest.fixture
def call(take_in: TakeIn) -> str:
    return take_in(content=CALL)


@pytest.fixture
def manager(people: People) -> Caller:
    return people.caller(Role.MANAGER)


@pytest.fixture
def heard(desk: Desk, manager: Caller, call: str) -> Iterator[Hear]:
    hear = Hear(desk, manager, call)
    yield hear
    for release in hear.releases:
        release.reader.close()


class Hear:
    def __init__(self, desk: Desk, caller: Caller, call: str) -> None:
        self.desk, self.caller, self.call = desk, caller, call
        self.releases: list[Release] = []

    def __call__(self, wanted: str | None = None, stated: Stated = QUALITY) -> bytes:
        release = self.desk.listening.listen(self.caller, self.call, None, stated, wanted)
        self.releases.append(release)
        return b"".join(release.pieces())


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        (None, 0, None),
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=100-", 100, None),
        ("bytes=-10", -10, None),
        ("bytes=-999999999", 0, None),
        ("bytes=0-999999999", 0, None),
        ("Bytes = 5 - 9", 5, 10),
        ("bytes=0-1,4-5", 0, None),
        ("bytes=5-3", 0, None),
        ("bytes=-", 0, None),
        ("bytes=a-b", 0, None),
        ("bytes=--1", 0, None),
        ("bytes=٣-", 0, None),
        ("frames=0-1", 0, None),
        ("", 0, None),
    ],
)
def test_a_part_is_released_as_it_was_asked_for_and_a_malformed_range_is_none(
    wanted: str | None, start: int, stop: int | None, heard: Hear
) -> None:
    assert heard(wanted) == CALL[start:stop]


@pytest.mark.parametrize("wanted", [f"bytes={len(CALL)}-", f"bytes={len(CALL)}-{len(CALL) + 5}", "bytes=-0"])
def test_a_part_beyond_the_end_is_said_to_be_unavailable(wanted: str, heard: Hear, desk: Desk) -> None:
    with pytest.raises(RangeUnavailable) as refused:
        heard(wanted)
    assert refused.value.parameters == {"size": str(len(CALL))}
    assert newest(desk.house)["outcome"] == "failed"


def test_pieces_make_up_a_long_recording(desk: Desk, manager: Caller, take_in: TakeIn) -> None:
    content = sound(40.0, channels=2)
    assert len(content) > 2 * PIECE_BYTES
    release = desk.listening.listen(manager, take_in(content=content), None, QUALITY, None)
    assert b"".join(release.pieces()) == content


@pytest.mark.parametrize("purpose", [None, "", "curiosity", "quality "])
def test_without_a_purpose_of_the_notice_nothing_is_released(purpose: str | None, heard: Hear, desk: Desk) -> None:
    with pytest.raises(PurposeRequired):
        heard(stated=Stated(purpose))
    entry = newest(desk.house)
    assert (entry["outcome"], entry["reason"], entry["purpose"]) == ("refused", "purpose-required", None)


def test_an_export_needs_a_reason_in_words_and_the_right(desk: Desk, people: People, call: str) -> None:
    with pytest.raises(WrongUse):
        desk.listening.export(people.caller(Role.MANAGER), call, None, Stated("quality", reason="  "))
    with pytest.raises(NotPermitted):
        desk.listening.export(people.caller(Role.ADVISER), call, None, Stated("quality", reason="why"))
    release = desk.listening.export(people.caller(Role.MANAGER), call, None, Stated("complaint", reason="they asked"))
    assert b"".join(release.pieces()) == CALL
    assert newest(desk.house, "contact.export")["purpose"] == "complaint"


def test_the_entry_names_recording_purpose_and_part(heard: Hear, desk: Desk, manager: Caller) -> None:
    recording = desk.contacts.show(manager, heard.call).recordings[0]
    half = recording.data_offset + recording.data_bytes // 2
    heard(f"bytes={recording.data_offset}-{half - 1}")
    entry = newest(desk.house, "contact.listen")
    assert (entry["target"], entry["purpose"]) == (heard.call, "quality")
    assert entry["detail"] == {
        "recording": recording.id,
        "from_byte": recording.data_offset,
        "to_byte": half,
        "from_ms": 0,
        "to_ms": 1000,
    }


def test_bytes_of_the_header_are_the_moment_zero_and_bytes_behind_the_sound_its_end(heard: Hear, desk: Desk) -> None:
    heard("bytes=0-9")
    assert [newest(desk.house, "contact.listen")["detail"][name] for name in ("from_ms", "to_ms")] == [0, 0]
    heard("bytes=-1")
    assert newest(desk.house, "contact.listen")["detail"]["to_ms"] == 2000


def test_a_case_is_linked_once_and_finds_the_contact(heard: Hear, desk: Desk, manager: Caller) -> None:
    for _ in range(2):
        heard(stated=Stated("complaint", case="KL-2026/17"))
        assert newest(desk.house, "contact.listen")["case"] == "KL-2026/17"
    page = desk.contacts.search(
        manager, "case:kl-2026/17", offset=0, limit=9, sort=ContactSort.NEWEST, as_of=None, cursor=None
    )
    assert [contact.cases for contact in page.items] == [["KL-2026/17"]]


@pytest.mark.parametrize("case", ["two words", "x" * 41, "a\nb", "<b>", "../../etc:passwd"])
def test_a_case_reference_that_is_none_is_wrong_use(case: str, heard: Hear) -> None:
    with pytest.raises(WrongUse):
        heard(stated=Stated("complaint", case=case))


def test_a_reason_stands_in_the_leaf_as_a_digest_and_is_shown_to_reviewers_in_words(
    heard: Hear, desk: Desk, people: People
) -> None:
    heard(stated=Stated("complaint", reason="Lindqvist says she never agreed"))
    assert newest(desk.house, "contact.listen")["reason"].startswith("hmac:")
    assert b"Lindqvist" not in leaves(desk.house)
    page = desk.audit.entries(
        people.caller(Role.SECURITY), "action:contact.listen", offset=0, limit=1, as_of=None, cursor=None
    )
    assert page.items[0].reason == "Lindqvist says she never agreed"


def test_the_entry_is_durable_before_there_is_anything_to_read(heard: Hear, desk: Desk) -> None:
    before = len(entries(desk.house))
    release = desk.listening.listen(heard.caller, heard.call, None, QUALITY, None)
    heard.releases.append(release)
    assert len(entries(desk.house)) == before + 1, "written although nothing has been read yet"


@pytest.mark.parametrize("case", [None, "KL-1"])
def test_no_release_comes_of_a_register_that_cannot_write(case: str | None, heard: Hear, desk: Desk) -> None:
    with unwritable(desk.house), pytest.raises(CannotLog):
        heard(stated=Stated("complaint", case=case, reason="why"))
    assert heard.releases == []


def test_another_recording_than_the_contacts_own_is_not_found(desk: Desk, manager: Caller, take_in: TakeIn) -> None:
    mine, other = take_in(content=CALL), take_in("in-3202-0046701740606-20261123-150500-1.2.wav", content=CALL)
    others = desk.contacts.show(manager, other).recordings[0].id
    with pytest.raises(NotFound):
        desk.listening.listen(manager, mine, others, QUALITY, None)


# --- seals -----------------------------------------------------------------------------------------------------------


def sealed_file(settings: Settings) -> Path:
    (file,) = (settings.state_dir / "vault").glob("??/*.sealed")
    return file


def flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("at", [0, HEADER_BYTES, HEADER_BYTES + 5, -1])
def test_a_broken_seal_releases_no_byte_and_is_a_failed_entry(
    at: int, heard: Hear, desk: Desk, settings: Settings
) -> None:
    flip(sealed_file(settings), at)
    with pytest.raises(IntegrityBroken):
        heard()
    assert heard.releases == []
    entry = newest(desk.house)
    assert (entry["action"], entry["outcome"], entry["reason"]) == ("contact.listen", "failed", "integrity-broken")


def test_a_recording_that_is_gone_from_the_vault_is_broken_integrity(
    heard: Hear, desk: Desk, settings: Settings
) -> None:
    sealed_file(settings).unlink()
    with pytest.raises(IntegrityBroken):
        heard()
    assert newest(desk.house)["outcome"] == "failed"


def test_a_seal_that_breaks_far_inside_ends_the_release_there_and_is_an_entry_too(
    desk: Desk, manager: Caller, take_in: TakeIn, settings: Settings
) -> None:
    content = sound(40.0, channels=2)
    call = take_in(content=content)
    chunk = PIECE_BYTES // CHUNK_BYTES + 2
    flip(sealed_file(settings), HEADER_BYTES + chunk * (CHUNK_BYTES + 16) + 7)
    pieces = desk.listening.listen(manager, call, None, QUALITY, None).pieces()
    assert next(pieces) == content[:PIECE_BYTES]
    with pytest.raises(IntegrityBroken):
        next(pieces)
    ended = newest(desk.house)
    assert (ended["action"], ended["outcome"], ended["reason"]) == ("contact.released", "failed", "integrity-broken")
    assert (ended["detail"]["ended"], ended["detail"]["to_byte"]) == ("failed", PIECE_BYTES)
    assert newest(desk.house, "contact.listen")["outcome"] == "allowed"
