"""Checking what came since a checkpoint, and holding a log against checkpoints that somebody else kept."""

from __future__ import annotations

import pytest

from agent.audit import blocks
from agent.audit.entry import AGENT, Draft
from agent.audit.verify import Report, Verification, verification
from agent.errors import IntegrityBroken
from agent.installation import Installation, checkpoint_file
from agent.services.caller import server_actor
from agent.services.restart import restarted
from agent.wire import Outcome
from db.engine import database
from db.queries import log as stored

SMALL_BLOCKS = 3
"""Levels: blocks of eight leaves, so that a short log has several."""


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LEVELS", SMALL_BLOCKS)
    monkeypatch.setattr(blocks, "BLOCK", 1 << SMALL_BLOCKS)


def grow(house: Installation, count: int) -> str:
    """Append in one batch; the note that was signed for it."""

    def job() -> None:
        for number in range(count):
            draft = Draft(AGENT, "test.happened", Outcome.ALLOWED, target=f"Å{number}", detail={"n": number})
            house.log.append(draft)

    house.register.write(job)
    return checkpoint_file(house.settings).read_text("utf-8")


def searched(house: Installation) -> None:
    """With an entry of a search in a case, which has two marks."""
    said = {"query": f"number:hmac:{'0123456789abcdef' * 2}"}
    house.log.record(Draft(AGENT, "test.searched", Outcome.ALLOWED, case="C-1", detail=said))


def alter(house: Installation, sql: str) -> None:
    house.register.write(lambda: database.execute_sql(sql))


def checked(house: Installation, since: str | None = None, **remembered: str) -> Report:
    checking = Verification(house.register, house.log.signer.verifier, house.vault, checkpoint_file(house.settings))
    return checking.run(recordings=False, since=since, remembered=remembered)


def words(report: Report) -> list[str]:
    return [str(finding) for finding in report.findings]


@pytest.mark.parametrize("size", range(1, 36))
def test_a_log_of_any_size_is_whole(house: Installation, size: int) -> None:
    grow(house, size)
    report = checked(house)
    assert (report.entries, report.findings, report.checked_from) == (size, [], 0)


def test_only_what_came_after_the_checkpoint_is_read(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    note = grow(house, 20)
    grow(house, 20)
    looked_at: list[int] = []
    look_at = blocks.look_at

    def noted(block: int, size: int) -> blocks.Look:
        looked_at.append(block)
        return look_at(block, size)

    monkeypatch.setattr(blocks, "look_at", noted)
    report = checked(house, note)
    assert (report.findings, report.entries, report.checked_from) == ([], 40, 16)
    assert looked_at == [2, 3, 4]


@pytest.mark.parametrize("seq", [16, 21, 39])
def test_an_entry_that_was_altered_since_is_named(house: Installation, seq: int) -> None:
    note = grow(house, 20)
    grow(house, 20)
    alter(house, f"UPDATE entry SET leaf = CAST(replace(leaf, 'allowed', 'refused') AS BLOB) WHERE seq = {seq}")  # noqa: S608
    assert f"entry {seq} is not the one that was written there" in words(checked(house, note))


def test_a_tree_that_no_longer_begins_as_the_checkpoint_says_is_found(house: Installation) -> None:
    note = grow(house, 20)
    grow(house, 20)
    alter(house, "UPDATE tree_node SET hash = zeroblob(32) WHERE level = 4 AND place = 0")
    assert "checkpoint handed in: the first 20 entries are not those signed for" in words(checked(house, note))


@pytest.mark.parametrize("note", ["", "no note", "earwitness-0123456789abcdef\n3\nAAAA\n\n— x AAAA\n"])
def test_a_checkpoint_of_another_log_is_refused_and_nothing_is_said_of_this_one(house: Installation, note: str) -> None:
    grow(house, 3)
    with pytest.raises(IntegrityBroken, match="handed in"):
        checked(house, note)


def test_a_log_that_was_cut_is_found_by_the_checkpoint_that_somebody_kept(house: Installation) -> None:
    """Whoever cuts the log cuts the checkpoints that lie here, too."""
    kept = checkpoint_file(house.settings)
    shorter = grow(house, 10)
    longer = grow(house, 10)
    alter(house, "DELETE FROM entry WHERE seq >= 10")
    alter(house, "DELETE FROM tree_node WHERE (place + 1) << level > 10")
    alter(house, "DELETE FROM checkpoint WHERE size > 10")
    kept.write_text(shorter, "utf-8")
    with house.register.read():
        assert [head.size for head in stored.checkpoints()] == [10]
    assert words(checked(house)) == []
    assert words(checked(house, remembered=longer)) == ["checkpoint remembered: signed for 20 entries, 10 are there"]
    assert words(checked(house, longer)) == ["checkpoint handed in: signed for 20 entries, 10 are there"]


def test_a_checkpoint_of_an_ended_epoch_holds_up_to_its_end_and_the_rest_is_named(house: Installation) -> None:
    held = grow(house, 10)
    alter(house, "DELETE FROM checkpoint")
    lost = house.log.signer.sign(15, bytes(32))
    restarted(house, server_actor(), "a test")
    grow(house, 9)
    alter(house, f"INSERT INTO checkpoint VALUES (10, 0, '{held}')")  # noqa: S608
    assert words(checked(house, held)) == []
    assert words(checked(house, held=held)) == []
    assert words(checked(house, lost=lost)) == [
        "checkpoint lost: signed for 15 entries in epoch 1, which ended with 10: entries 10 to 14 of it are lost"
    ]


def test_a_newest_head_of_an_ended_epoch_is_found(house: Installation) -> None:
    grow(house, 10)
    restarted(house, server_actor(), "a test")
    grow(house, 9)
    with house.register.read():
        root = checked(house).head
    forged = house.log.signer.in_epoch(1).sign(20, bytes.fromhex(root))
    alter(house, f"UPDATE checkpoint SET note = '{forged}' WHERE size = 20")  # noqa: S608
    assert "checkpoint of size 20: signed for 20 entries in epoch 1, which ended with 10" in words(checked(house))[0]


def test_workers_find_what_one_process_finds(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # workers know only blocks of the real size
    monkeypatch.setattr(verification, "WORTH_WORKERS", 1)
    grow(house, 3 * blocks.BLOCK + 5)
    report = checked(house)
    assert (report.findings, report.entries) == ([], 3 * blocks.BLOCK + 5)
    alter(house, f"UPDATE entry SET account = 'somebody' WHERE seq = {2 * blocks.BLOCK + 1}")  # noqa: S608
    assert words(checked(house)) == [f"entry {2 * blocks.BLOCK + 1} has other searchable columns than it says"]


def test_workers_find_an_entry_that_is_not_found_by_what_it_says(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(verification, "WORTH_WORKERS", 1)
    searched(house)
    grow(house, blocks.BLOCK)
    searched(house)
    seq = blocks.BLOCK + 1
    assert words(checked(house)) == []
    alter(house, f"INSERT INTO entry_mark VALUES ('case', 'C-2', {seq})")  # noqa: S608
    assert words(checked(house)) == [f"entry {seq} is found by what it does not say"]
    alter(house, f"DELETE FROM entry_mark WHERE seq = {seq}")  # noqa: S608
    assert words(checked(house)) == [f"entry {seq} is not found by all that it says"]


def test_marks_are_looked_at_one_by_one_only_when_some_are_wrong(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[int] = []
    monkeypatch.setattr(verification, "check_marks", lambda first, _report: looked_at.append(first))
    searched(house)
    checked(house)
    assert looked_at == []
    alter(house, "UPDATE entry_mark SET seq = 3 WHERE kind = 'case'")
    checked(house)
    assert looked_at == [0]


@pytest.mark.parametrize("seq", range(0, 20, 3))
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET leaf = CAST(replace(leaf, '\"via\"', '\"vib\"') AS BLOB) WHERE seq = {seq}",
        "UPDATE entry SET target = 'x' WHERE seq = {seq}",
        "UPDATE entry SET at_ms = at_ms + 1 WHERE seq = {seq}",
        "UPDATE entry SET leaf = CAST(leaf AS TEXT) WHERE seq = {seq}",
        "DELETE FROM entry WHERE seq = {seq}",
        "UPDATE tree_node SET hash = zeroblob(32) WHERE level = 0 AND place = {seq}",
        "DELETE FROM tree_node WHERE level = 1 AND place = {seq} / 2",
        "INSERT INTO tree_node VALUES ({seq} + 1, 90, zeroblob(32))",
        "INSERT INTO tree_node VALUES (0, -1 - {seq}, zeroblob(32))",
        "INSERT INTO tree_node VALUES (63 + {seq}, 0, zeroblob(32))",
        "INSERT INTO tree_node VALUES (-1 - {seq}, 0, zeroblob(32))",
    ],
)
def test_the_quick_look_misses_nothing_that_the_slow_one_names(house: Installation, change: str, seq: int) -> None:
    grow(house, 20)
    alter(house, change.format(seq=seq))
    assert words(checked(house))
