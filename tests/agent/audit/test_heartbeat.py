from __future__ import annotations

import pytest

from agent.audit.heartbeat import Heartbeat
from agent.installation import Installation, far_checkpoint_file
from tests.agent.in_process import unwritable
from tests.agent.log_reading import entries, newest
from tests.agent.running import eventually


def beats(house: Installation) -> list[str]:
    return [entry["outcome"] for entry in entries(house) if entry["action"] == "log.heartbeat"]


def test_it_is_an_entry_at_every_interval_until_it_is_stopped(house: Installation) -> None:
    heartbeat = Heartbeat(house.log, 0.001)
    heartbeat.start()
    eventually(lambda: len(beats(house)) >= 3)
    heartbeat.stop()
    assert set(beats(house)) == {"allowed"}
    assert newest(house)["actor"] == {"account": None, "session": None, "uid": None, "via": "agent"}


def test_each_one_puts_the_newest_head_with_the_keys(house: Installation) -> None:
    Heartbeat(house.log, 1).beat()
    far = far_checkpoint_file(house.settings).read_text("utf-8")
    assert far == house.log.checkpoint_file.read_text("utf-8")


def test_a_log_that_cannot_be_written_is_said_in_the_journal(
    house: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    with unwritable(house):
        Heartbeat(house.log, 1).beat()
    assert "cannot log" in caplog.text
    assert beats(house) == []
