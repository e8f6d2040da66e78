"""The log as it is written: in one tree, durable with what it tells of, signed at every batch."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from agent.audit.checkpoint import Checkpoint
from agent.audit.entry import AGENT, Draft
from agent.errors import CannotLog
from agent.installation import Installation
from agent.settings import Settings
from agent.wire import Outcome
from db.engine import database
from db.queries import log as stored_log
from db.queries import log_words
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, leaves
from tests.agent.stored import findings


def draft(target: str = "1") -> Draft:
    return Draft(AGENT, "test.happened", Outcome.ALLOWED, target=target)


def beside(house: Installation) -> Checkpoint:
    """The head that stands beside the database."""
    return house.log.signer.verifier.open(house.log.checkpoint_file.read_text("utf-8"))


def newest(house: Installation) -> Checkpoint:
    """The head in the database."""
    with house.register.read():
        found = stored_log.newest_checkpoint()
    assert found is not None
    return house.log.signer.verifier.open(found.note)


def targets(house: Installation) -> list[str]:
    return [entry["target"] for entry in entries(house)]


def test_entries_stand_in_the_order_in_which_they_became_durable(house: Installation) -> None:
    assert [house.log.record(draft(str(number))) for number in range(5)] == [0, 1, 2, 3, 4]
    assert targets(house) == ["0", "1", "2", "3", "4"]
    assert findings(house) == []


def test_after_every_batch_the_head_in_the_database_and_the_one_beside_it_are_of_the_whole_log(
    house: Installation,
) -> None:
    for number in range(1, 6):
        house.log.record(draft())
        assert newest(house) == beside(house)
        assert newest(house).size == number


def test_an_entry_is_durable_with_its_change_or_not_at_all(house: Installation) -> None:
    def job() -> None:
        house.log.append(draft("undone"))
        raise LookupError

    house.log.record(draft("before"))
    with pytest.raises(LookupError):
        house.register.write(job)
    house.log.record(draft("after"))
    assert targets(house) == ["before", "after"]
    assert findings(house) == []


def in_one_batch(house: Installation, *jobs: Callable[[], object]) -> list[Future[object]]:
    """Let jobs wait together, so that one commit carries them."""
    free = threading.Event()
    waiting = house.register.submit(free.wait)
    submitted = [house.register.submit(job) for job in jobs]
    free.set()
    waiting.result()
    return submitted


def test_a_job_that_fails_takes_no_entry_of_the_others_with_it(house: Installation) -> None:
    def failing() -> None:
        house.log.append(draft("undone"))
        raise LookupError

    first, second, third = in_one_batch(
        house, lambda: house.log.append(draft("first")), failing, lambda: house.log.append(draft("third"))
    )
    assert (first.result(), third.result()) == (0, 1)
    assert isinstance(second.exception(), LookupError)
    assert targets(house) == ["first", "third"]
    assert findings(house) == []


def test_what_is_written_together_is_signed_once(house: Installation) -> None:
    house.log.record(draft())
    for future in in_one_batch(house, *[lambda: house.log.append(draft())] * 8):
        future.result()
    with house.register.read():
        assert [head.size for head in stored_log.checkpoints()] == [1, 9]


def test_the_head_beside_the_database_may_lag_only_while_the_next_one_is_on_its_way(house: Installation) -> None:
    """Whatever came of the job that was waiting: what is durable is beside the database in the end."""

    def failing() -> None:
        raise LookupError

    for last in (failing, lambda: house.log.append(draft()), lambda: None):
        held = threading.Event()
        house.register.before_commit.append(lambda held=held: held.wait(10))  # type: ignore[misc]  # bound here
        first = house.register.submit(lambda: house.log.append(draft()))
        follows = house.register.submit(last)
        house.register.before_commit.pop()
        held.set()
        first.result(10)
        follows.exception(10)
        house.register.write(lambda: None)
        assert beside(house) == newest(house)


def test_many_threads_write_one_tree(house: Installation) -> None:
    def write() -> None:
        for _entry in range(20):
            house.log.record(draft())

    threads = [threading.Thread(target=write) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(targets(house)) == 160
    assert findings(house) == []


@pytest.mark.parametrize("after", ["another-entry", "no-entry", "a-failing-job"])
def test_a_head_of_what_did_not_become_durable_is_never_published(house: Installation, after: str) -> None:
    """A later job must not put the signed head of the undone batch beside the database."""

    def failing() -> None:
        raise LookupError

    house.log.record(draft("before"))
    with unwritable(house), pytest.raises(CannotLog):
        house.log.record(draft("undone"))
    if after == "another-entry":
        house.log.record(draft("after"))
    elif after == "no-entry":
        house.register.write(lambda: None)
    else:
        with pytest.raises(LookupError):
            house.register.write(failing)
    assert beside(house) == newest(house)
    assert findings(house) == []


def test_a_register_that_cannot_be_written_is_no_log(house: Installation) -> None:
    with unwritable(house), pytest.raises(CannotLog, match="nothing is released"):
        house.log.record(draft())
    house.register.write(lambda: database.execute_sql("PRAGMA query_only = ON"))
    with pytest.raises(CannotLog, match="readonly"):
        house.log.record(draft())
    assert targets(house) == []


def test_a_head_that_cannot_be_put_beside_the_database_is_a_trouble_and_no_failure(house: Installation) -> None:
    house.log.record(draft())
    house.log.checkpoint_file.unlink()
    house.log.checkpoint_file.mkdir()
    house.log.record(draft())
    assert "beside the database" in (house.log.trouble or "")
    house.log.checkpoint_file.rmdir()
    house.log.record(draft())
    assert house.log.trouble is None
    assert findings(house) == []


def test_a_log_that_has_lost_a_node_takes_no_further_entry(house: Installation) -> None:
    house.log.record(draft())
    house.register.write(lambda: database.execute_sql("DELETE FROM tree_node"))
    with pytest.raises(CannotLog, match="lost node 0/0"):
        house.log.record(draft())


@pytest.mark.parametrize("change", ["leaf = x'00'", "account = 'somebody'", "seq = 1000"])
def test_what_was_not_stored_as_it_was_written_is_never_signed(house: Installation, change: str) -> None:
    house.log.record(draft("before"))
    trigger = f"CREATE TRIGGER t AFTER INSERT ON entry BEGIN UPDATE entry SET {change} WHERE seq = NEW.seq; END"  # noqa: S608
    house.register.write(lambda: database.execute_sql(trigger))
    with pytest.raises(CannotLog, match="not what was written"):
        house.log.record(draft())
    house.register.write(lambda: database.execute_sql("DROP TRIGGER t"))
    assert (targets(house), newest(house).size, beside(house).size) == (["before"], 1, 1)
    house.log.record(draft("after"))
    assert findings(house) == []


OTHER = """\
import sys
from pathlib import Path
from agent.audit.entry import AGENT, Draft
from agent.installation import open_installation
from agent.settings import Settings
from agent.wire import Outcome
house = open_installation(Settings.model_validate_json(sys.stdin.read()))
print("ready", flush=True)
for number in range(100):
    house.log.record(Draft(AGENT, "other.happened", Outcome.ALLOWED))
house.close()
"""


def test_two_processes_write_one_tree(house: Installation, settings: Settings) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write(settings.model_dump_json())
        other.stdin.close()
        assert other.stdout.readline() == "ready\n"
        for _entry in range(100):
            house.log.record(draft())
        assert other.wait(60) == 0
    actions = [entry["action"] for entry in entries(house)]
    assert (actions.count("other.happened"), actions.count("test.happened")) == (100, 100)
    assert findings(house) == []
    assert list(house.log.checkpoint_file.parent.glob("*.new")) == []


def test_the_words_of_a_person_stand_beside_the_log_and_not_in_it(house: Installation) -> None:
    stand_in = house.register.write(lambda: house.log.append_reason("she asked for Anna Berg"))
    house.log.record(Draft(AGENT, "test.happened", Outcome.ALLOWED, reason=stand_in))
    assert b"Anna" not in leaves(house)
    with house.register.read():
        assert log_words.behind([stand_in]) == {stand_in: "she asked for Anna Berg"}
