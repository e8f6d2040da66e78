"""The sentry never holds up the server: an agent that stands still, one that is killed, one that is not there yet."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.agent.running import Running, eventually, started
from tests.agent.sentry.scene import USERS, Scene, needs_root, openers, scene, sentry, watching
from tests.system_programs import needs

WITHIN_MS = 300
pytestmark = [needs_root, needs("gcc", "mount", "umount")]
RULES = """
[[sentry.expected]]
place = "spool:pbx"
user = "{expected}"

[[sentry.deny]]
places = ["spool:pbx"]
user = "{denied}"
"""


@pytest.fixture
def made() -> Iterator[Scene]:
    rules = RULES.format(expected=USERS[1], denied=USERS[2])
    with scene(own_spool=True, sentry=f"answer_within_ms = {WITHIN_MS}\n{rules}") as one:
        (one.spool / "note.txt").write_text("not a recording")
        yield one


def _stop(running: Running) -> None:
    """Stop the agent; each of its threads goes on until the kernel comes to it."""
    running.process.send_signal(signal.SIGSTOP)
    threads = Path(f"/proc/{running.process.pid}/task")
    eventually(lambda: {_state(thread / "stat") for thread in threads.iterdir()} == {"T"})


def _open(made: Scene, count: int, *, user: int = USERS[0]) -> tuple[int, float]:
    """How many opens could read, and how long they took, in seconds."""
    began_s = time.monotonic()
    said = subprocess.run(
        [openers(made.folder), str(user), str(count), made.spool / "note.txt"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return int(said.stdout), time.monotonic() - began_s


def _opens(running: Running, user: int = USERS[0]) -> list[dict[str, Any]]:
    return running.log(f"action:file.open uid:{user}")


def test_a_stopped_agent_holds_up_one_open_until_its_deadline_and_no_other(made: Scene) -> None:
    with started(made.config) as running, sentry(made.config):
        eventually(lambda: watching(running))
        _stop(running)
        try:
            read, took_s = _open(made, 50)
        finally:
            running.process.send_signal(signal.SIGCONT)
        assert read == 50
        assert WITHIN_MS / 1000 <= took_s < WITHIN_MS / 1000 * 10, "one deadline, not fifty"
        opens = eventually(lambda: found if len(found := _opens(running)) == 50 else None)
        assert all(entry["detail"]["late"] == 1 for entry in opens)
        assert all(entry["detail"]["opened_at"] < entry["at"] for entry in opens)
        eventually(lambda: not _journal(made))
        _open(made, 1)
        assert "late" not in eventually(lambda: found if len(found := _opens(running)) == 51 else None)[0]["detail"]


def test_what_is_opened_while_the_agent_is_dead_is_entered_when_it_is_back_and_once(made: Scene) -> None:
    with started(made.config) as running, sentry(made.config):
        eventually(lambda: watching(running))
        opening = subprocess.Popen(
            [openers(made.folder), str(USERS[0]), "400", made.spool / "note.txt"], stdout=subprocess.PIPE, text=True
        )
        eventually(lambda: len(_opens(running)) > 20)
        running.process.kill()
        running.process.wait()
        assert opening.communicate(timeout=60)[0].strip() == "400"
        assert _journal(made)
        with started(made.config) as again:
            opens = eventually(lambda: found if len(found := _opens(again)) >= 400 else None)
            eventually(lambda: not _journal(made))
            assert len(_opens(again)) == 400
            assert len({entry["request_id"] for entry in opens}) == 400
            assert any(entry["detail"].get("late") for entry in opens)
            assert again.log("action:sentry.gap") == [], "the sentry saw it all"
            assert again.log("action:sentry.start")[0]["detail"]["continued"] == 1


def test_what_a_killed_sentry_kept_is_entered_by_the_next_without_words(made: Scene) -> None:
    with started(made.config) as running, sentry(made.config) as first:
        eventually(lambda: watching(running))
        assert running.stop() == 0
        assert _open(made, 30)[0] == 30
        first.kill()
    with started(made.config) as again, sentry(made.config):
        opens = eventually(lambda: found if len(found := _opens(again)) == 30 else None)
        assert all(entry["detail"]["late"] == 1 and entry["detail"]["file"] is None for entry in opens)
        assert all(entry["target"] == "spool:pbx" and entry["actor"]["uid"] == USERS[0] for entry in opens)
        [gap] = again.log("action:sentry.gap")
        assert gap["detail"]["why"] == "the sentry died"


def test_a_sentry_that_comes_before_the_agent_keeps_all_but_the_agents_own_opens(made: Scene) -> None:
    with sentry(made.config):
        assert _open(made, 5)[0] == 5
        with started(made.config) as running:
            opens = eventually(lambda: _opens(running))
            assert len(opens) == 5
            others = [entry for entry in running.log("action:file.open") if entry["actor"]["uid"] != USERS[0]]
            assert others == [], "the agent's own opens, also those before it was known, are no direct opens"


def test_a_killed_sentry_lets_go_of_an_open_that_waits(made: Scene) -> None:
    with started(made.config) as running, sentry(made.config) as seeing:
        eventually(lambda: watching(running))
        _stop(running)
        opening = subprocess.Popen(["cat", made.spool / "note.txt"], stdout=subprocess.PIPE, text=True)
        eventually(lambda: _waits(opening.pid))
        seeing.kill()
        assert opening.communicate(timeout=30)[0] == "not a recording"
        running.process.send_signal(signal.SIGCONT)


def _waits(pid: int) -> bool:
    """Whether a process waits for fanotify's answer."""
    return "fanotify" in Path(f"/proc/{pid}/wchan").read_text() or _state(Path(f"/proc/{pid}/stat")) == "D"


def _state(stat: Path) -> str:
    """Of a process or a thread, see proc(5)."""
    return stat.read_text().rpartition(")")[2].split()[0]


def test_expected_opens_are_counted_and_denied_ones_refused_and_entered(made: Scene) -> None:
    with started(made.config) as running, sentry(made.config) as seeing:
        eventually(lambda: watching(running))
        assert _open(made, 20, user=USERS[1])[0] == 20
        assert _open(made, 3, user=USERS[2])[0] == 0, "refused"
        refused = eventually(lambda: found if len(found := _opens(running, USERS[2])) == 3 else None)
        assert {entry["outcome"] for entry in refused} == {"refused"}
        assert _opens(running, USERS[1]) == []
        assert seeing.stop() == 0
        [counted] = eventually(lambda: running.log("action:sentry.counted"))
        assert (counted["actor"]["uid"], counted["detail"]["count"]) == (USERS[1], 20)


def test_the_agents_own_opens_are_no_entries(made: Scene) -> None:
    with started(made.config) as running, sentry(made.config):
        eventually(lambda: watching(running))
        for _ in range(3):
            running.calls()
        (made.spool / "other.txt").write_text("x")
        eventually(lambda: running.log("action:file.open"))
        agents = f"({running.process.pid})"
        assert all(entry["detail"]["pid"] != running.process.pid for entry in running.log("action:file.open")), agents
        assert os.getpid() in {entry["detail"]["pid"] for entry in running.log("action:file.open")}


def _journal(made: Scene) -> str:
    return (made.folder / "run-sentry" / "journal").read_text()
