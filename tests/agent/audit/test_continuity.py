"""Never two checkpoints that disagree: an older copy does not go on, and a new epoch has another name."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.audit.checkpoint import Checkpoint
from agent.audit.entry import AGENT, Draft
from agent.audit.epoch import EPOCH_FILE, EpochUnreadable, begin_epoch, read_epoch
from agent.errors import LogBroken
from agent.installation import Installation, checkpoint_file, database_file, far_checkpoint_file, open_installation
from agent.services.caller import server_actor
from agent.services.restart import restarted
from agent.settings import Settings
from agent.wire import Outcome
from db.engine import database
from db.queries import log as stored
from tests.agent.log_reading import entries
from tests.agent.stored import findings

DRAFT = Draft(AGENT, "test.happened", Outcome.ALLOWED)


def record(house: Installation, times: int = 1) -> None:
    for _time in range(times):
        house.log.record(DRAFT)


def heads(house: Installation) -> list[Checkpoint]:
    with house.register.read():
        return [house.log.signer.verifier.open_of_any_epoch(kept.note) for kept in stored.checkpoints()]


def put_back(house: Installation, copy: Path) -> Installation:
    """The older copy of the database, in place of the one that is there."""
    house.close()
    shutil.copy(copy, database_file(house.settings))
    return open_installation(house.settings, now_ms=house.now_ms)


@pytest.fixture
def older(house: Installation, tmp_path: Path) -> Path:
    """A copy of a log of three entries; the log itself has gone on to five."""
    record(house, 3)
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    subprocess.run(["cp", database_file(house.settings), tmp_path / "older.db"], check=True)  # drops no lock of ours
    record(house, 2)
    return tmp_path / "older.db"


@pytest.mark.parametrize("kept_by", ["beside the database", "with the keys"])
def test_an_older_copy_takes_no_entry_and_says_what_to_do(house: Installation, older: Path, kept_by: str) -> None:
    house.log.remember()
    if kept_by == "with the keys":
        checkpoint_file(house.settings).unlink()
    else:
        far_checkpoint_file(house.settings).unlink()
    copy = put_back(house, older)
    try:
        with pytest.raises(LogBroken, match=r"5 entries were signed for and the register holds 3.*log restart"):
            record(copy)
        assert copy.log.cannot_log is not None
        assert [head.size for head in heads(copy)] == [1, 3]
    finally:
        copy.close()


def test_a_copy_that_went_on_elsewhere_is_not_the_beginning(house: Installation, older: Path) -> None:
    """The same number of entries and more, all signed with the right key: and still another log."""
    newest = checkpoint_file(house.settings).read_text("utf-8")
    checkpoint_file(house.settings).unlink()
    copy = put_back(house, older)
    try:
        record(copy, 4)
        checkpoint_file(copy.settings).write_text(newest, "utf-8")
        with pytest.raises(LogBroken, match="the first 5 entries in the register are not those"):
            record(copy)
    finally:
        copy.close()


def tampered_tree() -> None:
    database.execute_sql("UPDATE tree_node SET hash = zeroblob(32) WHERE level = 0 AND place = 4")


def unsigned_tail() -> None:
    database.execute_sql("DELETE FROM checkpoint WHERE size = 5")


def unsigned_log() -> None:
    database.execute_sql("DELETE FROM checkpoint")


def note_of_another() -> None:
    database.execute_sql("UPDATE checkpoint SET note = replace(note, 'earwitness', 'another')")


@pytest.mark.parametrize("change", [tampered_tree, unsigned_tail, unsigned_log, note_of_another])
def test_a_log_that_is_not_what_was_signed_is_not_signed_over(house: Installation, change: Callable[[], None]) -> None:
    record(house, 5)
    house.register.write(change)
    with pytest.raises(LogBroken):
        record(house)
    assert len(entries(house)) == 5


@pytest.mark.parametrize("words", ["", "no note", "earwitness-0\n9\nAAAA\n\n— x y\n"])
def test_a_kept_head_that_this_log_did_not_sign_stops_nothing(house: Installation, words: str) -> None:
    """A power cut may leave an empty file; `verify` names it, and the next head takes its place."""
    record(house, 2)
    checkpoint_file(house.settings).write_text(words, "utf-8")
    record(house)
    assert findings(house) == []


def test_a_new_epoch_goes_on_with_the_tree_and_names_what_was_lost(house: Installation, older: Path) -> None:
    lost = house.log.signer.verifier.open(checkpoint_file(house.settings).read_text("utf-8"))
    first_name = house.log.signer.verifier.origin
    copy = put_back(house, older)
    try:
        assert restarted(copy, server_actor(), "the disk died") == 2
        record(copy)
        *_, restored, _after = entries(copy)
        assert (restored["seq"], restored["action"], restored["actor"]["via"]) == (3, "log.restored", "server")
        assert restored["detail"] == {
            "epoch": 2,
            "kept_size": 3,
            "lost_size": 5,
            "lost_root": lost.root.hex(),
            "lost_epoch": 1,
        }
        assert [(head.origin, head.size, head.epoch) for head in heads(copy)][-1] == (first_name + "-2", 5, 2)
        assert findings(copy) == []
    finally:
        copy.close()
    assert read_epoch(house.settings.keys) == 2


def test_a_database_that_is_put_back_once_more_takes_the_epoch_not_with_it(house: Installation, older: Path) -> None:
    copy = put_back(house, older)
    restarted(copy, server_actor(), "once")
    for kept in (checkpoint_file(copy.settings), far_checkpoint_file(copy.settings)):
        kept.unlink()
    again = put_back(copy, older)
    try:
        with pytest.raises(LogBroken, match="the register is of epoch 1 and the keys are of epoch 2"):
            record(again)
        assert restarted(again, server_actor(), "twice") == 3
        record(again)
        assert findings(again) == []
        assert {head.epoch for head in heads(again)} == {1, 3}
    finally:
        again.close()


def test_an_epoch_that_was_begun_and_not_written_leaves_the_log_standing(house: Installation) -> None:
    """A crash between the number and the entry: nothing was signed under it, and the next restart takes another."""
    record(house)
    begin_epoch(house.settings.keys, 2)
    house.close()
    again = open_installation(house.settings)
    try:
        with pytest.raises(LogBroken):
            record(again)
        assert restarted(again, server_actor(), "after a crash") == 3
        assert findings(again) == []
    finally:
        again.close()


def test_keys_that_were_put_back_are_noticed(house: Installation, settings: Settings) -> None:
    record(house)
    restarted(house, server_actor(), "a test")
    house.close()
    (settings.keys / EPOCH_FILE).unlink()
    again = open_installation(settings)
    try:
        with pytest.raises(LogBroken, match="epoch 2"):
            record(again)
    finally:
        again.close()


@pytest.mark.parametrize("content", [b"", b"0", b"-1", b"two", b"\xff"])
def test_an_epoch_that_is_no_number_is_refused(tmp_path: Path, content: bytes) -> None:
    assert read_epoch(tmp_path) == 1
    (tmp_path / EPOCH_FILE).write_bytes(content)
    with pytest.raises(EpochUnreadable):
        read_epoch(tmp_path)
