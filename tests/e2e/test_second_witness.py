"""The kernel's audit beside fanotify: it agrees, or there is an alarm, and it is left as it was found."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from agent.sentry.audit_rules import rules
from tests.agent.running import eventually, started
from tests.agent.sentry import audit
from tests.agent.sentry.scene import USERS, Scene, needs_root, openers, scene, sentry, watching
from tests.system_programs import needs

pytestmark = [needs_root, needs("gcc", "mount", "umount")]


@pytest.fixture
def made() -> Iterator[Scene]:
    before = audit.state()
    with scene(own_spool=True, sentry="audit = true\n") as one:
        (one.spool / "note.txt").write_text("not a recording")
        yield one
    assert audit.state() == before, "the kernel's audit is left as it was found"


def test_both_witnesses_agree_on_every_open(made: Scene) -> None:
    program = openers(made.folder)
    with started(made.config) as running, sentry(made.config) as seeing:
        eventually(lambda: watching(running))
        assert running.log("action:sentry.start")[0]["detail"]["audit"] == 1
        subprocess.run([program, str(USERS[0]), "300", made.spool / "note.txt"], check=True, capture_output=True)
        eventually(lambda: len(running.log(f"action:file.open uid:{USERS[0]}")) == 300)
        # What one of the two had missed would be told after the settling time, and so before this open of nobody's.
        with audit.rule(next(rules([str(made.folder)], platform.machine()))):
            subprocess.run([program, str(USERS[1]), "1", made.config], check=True, capture_output=True)
            differences = eventually(lambda: running.log("action:sentry.difference"))
        assert [(one["actor"]["uid"], one["detail"]["missed_by"]) for one in differences] == [(USERS[1], "fanotify")]
        assert running.log("action:sentry.gap") == []
        assert seeing.stop() == 0


def test_what_the_kernels_audit_did_not_see_is_a_difference_too(made: Scene) -> None:
    program = openers(made.folder)
    inside = made.spool / "program"
    shutil.copy(program, inside)
    with started(made.config) as running, sentry(made.config):
        eventually(lambda: watching(running))
        # To execute is to open, by a call that our rules do not name.
        subprocess.run(["sh", "-c", f"exec {inside} {made.config}"], check=True, capture_output=True)
        [difference] = eventually(lambda: running.log("action:sentry.difference"))
        assert difference["detail"]["missed_by"] == "audit"
        assert difference["detail"]["inode"] == inside.stat().st_ino


def test_the_next_sentry_takes_away_what_a_killed_one_left(made: Scene) -> None:
    enabled_before, _, rules_before = audit.state()
    with sentry(made.config) as first:
        assert len(audit.state()[2]) > len(rules_before)
        first.kill()
    assert len(audit.state()[2]) > len(rules_before)
    with sentry(made.config) as second:
        assert second.stop() == 0
    enabled, _, found = audit.state()
    assert (enabled, found) == (enabled_before, rules_before)
