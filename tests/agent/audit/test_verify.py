"""What `verify` finds when somebody who has the key to the database changes what it holds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.audit import tree
from agent.audit.entry import AGENT, Draft
from agent.audit.verify import Verification
from agent.installation import Installation, checkpoint_file, database_file, open_installation, vault_folder
from agent.wire import Outcome
from db.engine import database
from tests.agent.calls import sound
from tests.agent.conftest import TakeIn
from tests.agent.stored import findings, stored, verified

ENTRIES = 11
COPY_OF_2 = """
    INSERT INTO entry SELECT ?, ?, at_ms, account, uid, action, outcome, target, purpose FROM entry WHERE seq = 2"""
NAME = "in-3201-0046701740605-20261123-140500-1795442700.{}.wav"


@pytest.fixture
def written(house: Installation, take_in: TakeIn) -> Installation:
    """A log of eleven entries, two of them of recordings: 0 and 10."""
    take_in(NAME.format(1), content=sound(3, seed=1))
    for number in range(1, ENTRIES - 1):
        house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED, target=str(number)))
    take_in(NAME.format(2), content=sound(0.2, seed=2))
    assert findings(house) == []
    return house


def alter(house: Installation, sql: str, *values: object) -> None:
    """Change what is stored, behind the agent's back."""
    house.register.write(lambda: database.execute_sql(sql, values))


def test_all_is_well_when_nothing_was_altered(written: Installation) -> None:
    report = verified(written)
    assert (report.entries, report.recordings, report.findings) == (ENTRIES, 2, [])
    assert len(report.head) == 64


def test_a_log_without_entries_is_whole(house: Installation) -> None:
    assert findings(house) == []


@pytest.mark.parametrize("seq", [0, 5, ENTRIES - 1])
def test_an_altered_entry_is_named(written: Installation, seq: int) -> None:
    with written.register.read():
        leaf = bytes(database.execute_sql("SELECT leaf FROM entry WHERE seq = ?", (seq,)).fetchone()[0])
    altered = json.loads(leaf) | {"outcome": "refused"}
    text = json.dumps(altered, sort_keys=True, separators=(",", ":")).encode()
    alter(written, "UPDATE entry SET leaf = ?, outcome = 'refused' WHERE seq = ?", text, seq)
    assert f"entry {seq} is not the one that was written there" in findings(written)


def test_an_altered_entry_is_found_too_when_its_hash_was_altered_with_it(written: Installation) -> None:
    """Whoever rewrites the whole tree still cannot sign it."""
    with written.register.read():
        leaf = bytes(database.execute_sql("SELECT leaf FROM entry WHERE seq = 4").fetchone()[0])
        nodes = {(level, place): bytes(digest) for level, place, digest in all_nodes()}
    altered = leaf.replace(b'"allowed"', b'"refused"')
    nodes[0, 4] = tree.leaf_hash(altered)
    for level, place in sorted(nodes):
        if level:
            nodes[level, place] = tree.node_hash(nodes[level - 1, 2 * place], nodes[level - 1, 2 * place + 1])
    alter(written, "UPDATE entry SET leaf = ?, outcome = 'refused' WHERE seq = 4", altered)
    for (level, place), digest in nodes.items():
        alter(written, "UPDATE tree_node SET hash = ? WHERE level = ? AND place = ?", digest, level, place)
    found = findings(written)
    assert f"checkpoint of size {ENTRIES}: the first {ENTRIES} entries are not those signed for" in found
    assert f"checkpoint beside the database: the first {ENTRIES} entries are not those signed for" in found


def all_nodes() -> list[tuple[int, int, bytes]]:
    return list(database.execute_sql("SELECT level, place, hash FROM tree_node").fetchall())


@pytest.mark.parametrize(
    ("first", "last", "words"), [(0, 0, "0 is"), (5, 5, "5 is"), (10, 10, "10 is"), (3, 7, "3 to 7 are")]
)
def test_a_removed_entry_is_named(written: Installation, first: int, last: int, words: str) -> None:
    alter(written, "DELETE FROM entry WHERE seq BETWEEN ? AND ?", first, last)
    found = findings(written)
    assert [words_found for words_found in found if words_found.startswith("entry")] == [f"entry {words} missing"]


def test_entries_that_changed_places_are_named(written: Installation) -> None:
    alter(written, "UPDATE entry SET seq = -1 WHERE seq = 3")
    alter(written, "UPDATE entry SET seq = 3 WHERE seq = 6")
    alter(written, "UPDATE entry SET seq = 6 WHERE seq = -1")
    found = findings(written)
    assert {f"entry {seq} is not the one that was written there" for seq in (3, 6)} <= set(found)
    assert {f"entry {seq} was written as another one" for seq in (3, 6)} <= set(found)


SAID = "0123456789abcdef" * 2


@pytest.fixture
def searched(written: Installation) -> Installation:
    """With an entry of a search in a case, the last one."""
    said = {"query": f"number:hmac:{SAID}"}
    written.log.record(Draft(AGENT, "test.searched", Outcome.ALLOWED, case="C-1", detail=said))
    assert findings(written) == []
    return written


@pytest.mark.parametrize("kind", ["said", "case"])
def test_an_entry_that_is_no_longer_found_by_what_it_says_is_named(searched: Installation, kind: str) -> None:
    alter(searched, "DELETE FROM entry_mark WHERE kind = ?", kind)
    assert findings(searched) == [f"entry {ENTRIES} is not found by all that it says"]


@pytest.mark.parametrize("seq", [3, ENTRIES, 10**12, -1])
def test_an_entry_that_is_found_by_what_it_does_not_say_is_named(searched: Installation, seq: int) -> None:
    alter(searched, "INSERT INTO entry_mark VALUES ('case', 'C-2', ?)", seq)
    assert findings(searched) == [f"entry {seq} is found by what it does not say"]


def test_a_mark_that_was_moved_to_another_entry_is_named_twice(searched: Installation) -> None:
    alter(searched, "UPDATE entry_mark SET seq = 3 WHERE kind = 'case'")
    assert findings(searched) == [
        f"entry {ENTRIES} is not found by all that it says",
        "entry 3 is found by what it does not say",
    ]


@pytest.mark.parametrize("seq", [ENTRIES, -1, 10**12])
def test_an_added_entry_is_named(written: Installation, seq: int) -> None:
    alter(written, COPY_OF_2, seq, b"")
    assert f"entry {seq} is not the one that was written there" in findings(written)


def test_an_entry_that_was_added_with_its_nodes_is_not_signed_for(written: Installation) -> None:
    with written.register.read():
        leaf = bytes(database.execute_sql("SELECT leaf FROM entry WHERE seq = 2").fetchone()[0])
    added = leaf.replace(b'"seq":2', b'"seq":%d' % ENTRIES)

    def job() -> None:
        database.execute_sql(COPY_OF_2, (ENTRIES, added))
        for node in tree.grown(ENTRIES, tree.leaf_hash(added), written.log.node):
            database.execute_sql("INSERT INTO tree_node VALUES (?, ?, ?)", node)

    written.register.write(job)
    assert f"checkpoint of {ENTRIES + 1} entries only {ENTRIES} are signed for" in findings(written)


@pytest.mark.parametrize(
    "change", ["account = 'somebody'", "uid = 7", "action = 'x'", "target = NULL", "at_ms = at_ms + 1", "purpose = 'x'"]
)
def test_an_altered_copy_of_an_entry_is_named(written: Installation, change: str) -> None:
    alter(written, f"UPDATE entry SET {change} WHERE seq = 5")  # noqa: S608
    assert findings(written) == ["entry 5 has other searchable columns than it says"]


@pytest.mark.parametrize(
    "leaf",
    [b"", b"[]", b"null", b'{"v":1}', b'{"v":1,"at":"2026-11-23T12:00:00.000Z","actor":{}}', b"[" * 100_000, b"\xff"],
)
def test_an_entry_that_makes_no_sense_stops_no_check(written: Installation, leaf: bytes) -> None:
    alter(written, "UPDATE entry SET leaf = ? WHERE seq = 5", leaf)
    found = findings(written)
    assert "entry 5 is not the one that was written there" in found
    assert "entry 5 cannot be read" in found


def test_a_value_of_another_type_is_found(written: Installation) -> None:
    alter(written, "UPDATE entry SET leaf = 'text' WHERE seq = 5")
    assert findings(written)


@pytest.mark.parametrize(("level", "place"), [(0, 0), (0, 10), (1, 2), (2, 1), (3, 0)])
def test_an_altered_node_is_found(written: Installation, level: int, place: int) -> None:
    alter(written, "UPDATE tree_node SET hash = ? WHERE level = ? AND place = ?", bytes(32), level, place)
    words = f"entry {place} is not" if level == 0 else f"tree node {level}/{place} is not the hash"
    assert any(found.startswith(words) for found in findings(written))


@pytest.mark.parametrize(("level", "place"), [(0, 0), (0, 10), (1, 2), (2, 1), (3, 0)])
def test_a_removed_node_is_found(written: Installation, level: int, place: int) -> None:
    alter(written, "DELETE FROM tree_node WHERE level = ? AND place = ?", level, place)
    assert any(found.startswith(f"tree level {level} has") for found in findings(written))


@pytest.mark.parametrize(("level", "place"), [(0, ENTRIES), (1, 5), (3, 1), (4, 0), (20, 0)])
def test_an_added_node_is_found(written: Installation, level: int, place: int) -> None:
    alter(written, "INSERT INTO tree_node VALUES (?, ?, ?)", level, place, bytes(32))
    assert any(found.startswith(f"tree level {level} has") for found in findings(written))


def test_an_altered_head_is_found(written: Installation) -> None:
    alter(written, "UPDATE checkpoint SET note = replace(note, '\n11\n', '\n12\n') WHERE size = 11")
    assert findings(written) == ["checkpoint of size 11: not signed by the key of this log"]


def test_a_head_under_another_size_is_found(written: Installation) -> None:
    first = "(SELECT note FROM checkpoint ORDER BY size LIMIT 1)"
    alter(written, f"UPDATE checkpoint SET note = {first} WHERE size = 11")  # noqa: S608
    assert findings(written) == ["checkpoint of size 11: signed for 1 entries"]


def test_a_missing_head_is_found(written: Installation) -> None:
    alter(written, "DELETE FROM checkpoint")
    assert findings(written) == [f"checkpoint of {ENTRIES} entries only 0 are signed for"]


def cut(house: Installation, size: int) -> None:
    """Cut the tail off, with every trace of it in the database, as if it had never been."""
    alter(house, "DELETE FROM entry WHERE seq >= ?", size)
    alter(house, "DELETE FROM tree_node WHERE (place + 1) << level > ?", size)
    alter(house, "DELETE FROM checkpoint WHERE size > ?", size)


def test_a_tail_cut_off_with_its_head_is_found_by_the_head_beside_the_database(written: Installation) -> None:
    cut(written, 1)
    alter(written, "DELETE FROM recording WHERE source_name = ?", NAME.format(2))
    assert findings(written) == [f"checkpoint beside the database: signed for {ENTRIES} entries, 1 are there"]


@pytest.mark.parametrize("left", [None, "", "no note"])
def test_a_head_beside_the_database_that_is_gone_or_none_is_found(written: Installation, left: str | None) -> None:
    place = checkpoint_file(written.settings)
    place.unlink()
    if left is not None:
        place.write_text(left)
    (found,) = findings(written)
    assert found.startswith("checkpoint beside the database: ")


def test_a_database_that_was_put_back_is_found(house: Installation, take_in: TakeIn, tmp_path: Path) -> None:
    take_in(NAME.format(1), content=sound(seed=1))
    house.close()
    shutil.copy(database_file(house.settings), tmp_path / "older")
    again = open_installation(house.settings)
    again.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED))
    again.close()
    shutil.copy(tmp_path / "older", database_file(house.settings))
    put_back = open_installation(house.settings)
    try:
        assert findings(put_back) == ["checkpoint beside the database: signed for 2 entries, 1 are there"]
    finally:
        put_back.close()


# --- recordings ------------------------------------------------------------------------------------------------------


def recording_id(house: Installation, number: int) -> str:
    held = {contact.recordings[0].source_name: contact.recordings[0].id for contact in stored(house).contacts}
    return held[NAME.format(number)]


def place(house: Installation, sealed_id: str) -> Path:
    return vault_folder(house.settings) / sealed_id[:2] / f"{sealed_id}.sealed"


@pytest.mark.parametrize("change", ["sha256 = zeroblob(32)", "size_bytes = size_bytes - 1"])
def test_an_altered_row_of_a_recording_is_named_without_reading_it(written: Installation, change: str) -> None:
    altered = recording_id(written, 1)
    alter(written, f"UPDATE recording SET {change} WHERE id = ?", altered)  # noqa: S608
    report = verified(written, recordings=False)
    assert [str(found) for found in report.findings] == [
        f"recording {altered} is not the one that the log says was taken in"
    ]


def test_a_removed_row_of_a_recording_is_named(written: Installation) -> None:
    removed = recording_id(written, 1)
    alter(written, "DELETE FROM recording WHERE id = ?", removed)
    assert findings(written) == [f"recording {removed} was taken in and is no longer in the register"]


def test_a_row_of_a_recording_that_was_never_taken_in_is_named(written: Installation) -> None:
    alter(written, "UPDATE recording SET id = 'another' WHERE id = ?", recording_id(written, 1))
    assert "recording another is not the one that the log says was taken in" in findings(written)


def test_a_removed_item_of_the_quarantine_is_named(written: Installation, take_in: TakeIn) -> None:
    with pytest.raises(AssertionError):
        take_in("bad.wav", content=b"no recording")
    (item,) = stored(written).quarantined
    assert findings(written) == []
    alter(written, "DELETE FROM quarantine")
    assert findings(written) == [f"recording {item.id} was taken in and is no longer in the register"]


def flip(file: Path, offset: int) -> None:
    content = bytearray(file.read_bytes())
    content[offset] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("offset", [0, 24, 56, 16_456, 20_000, -1])
def test_a_flipped_bit_in_a_sealed_file_is_named(written: Installation, offset: int) -> None:
    altered = recording_id(written, 1)
    flip(place(written, altered), offset)
    assert verified(written, recordings=False).findings == []
    (found,) = findings(written)
    assert found.startswith(f"recording {altered}, ")


@pytest.mark.parametrize("size_bytes", [0, 10, 56, 72, 16_456, 30_000])
def test_a_sealed_file_that_was_cut_is_named(written: Installation, size_bytes: int) -> None:
    altered = recording_id(written, 1)
    with place(written, altered).open("r+b") as file:
        file.truncate(size_bytes)
    (found,) = findings(written)
    assert found.startswith(f"recording {altered}, ")


def remove(one: Path, other: Path) -> None:
    one.unlink()


def put_other_there(one: Path, other: Path) -> None:
    shutil.copy(other, one)


@pytest.mark.parametrize("change", [remove, put_other_there, lambda one, _other: one.write_bytes(b"")])
def test_a_sealed_file_that_is_gone_or_another_one_is_named(
    written: Installation, change: Callable[[Path, Path], object]
) -> None:
    altered = recording_id(written, 1)
    change(place(written, altered), place(written, recording_id(written, 2)))
    (found,) = findings(written)
    assert found.startswith(f"recording {altered}, ")


def test_an_altered_key_of_a_recording_is_named(written: Installation) -> None:
    altered = recording_id(written, 1)
    alter(written, "UPDATE recording SET wrapped_key = zeroblob(60) WHERE id = ?", altered)
    (found,) = findings(written)
    assert altered in found


# --- while others work -----------------------------------------------------------------------------------------------


def test_what_is_written_while_it_is_checked_is_no_finding(written: Installation, take_in: TakeIn) -> None:
    """The check looks at one state; what comes after it is for the next check."""
    told: list[str] = []

    def write_on(what: str, _done: int, _total: int) -> None:
        if not told:
            take_in(NAME.format(7), content=sound(seed=7))
            written.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED))
        told.append(what)

    verifier = written.log.signer.verifier
    checking = Verification(written.register, verifier, written.vault, checkpoint_file(written.settings), write_on)
    report = checking.run(recordings=True)
    assert told[0] == "entries"
    assert report.findings == []
    assert report.entries == ENTRIES
    assert verified(written).entries == ENTRIES + 2
