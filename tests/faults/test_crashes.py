"""Whatever ends the agent at whatever step of the intake: every file is there exactly once, and none is lost."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.installation import Installation
from agent.intake import removal
from agent.intake.pipeline import Pipeline
from agent.vault import store
from agent.vault.keys import SealBroken
from db.engine import RegisterUnwritable
from tests.agent.stored import findings, spool_files, stored, vault_files
from tests.faults.forked import Ended, Forking
from tests.faults.house import FILES, SHA256S, SIDECAR, Template, opened, take_in
from tests.faults.scenarios.taking_in_until import UNTIL

STEPS = ["opened", "sealed", "committed"]
GONE = ["removed", "forgotten"]
GONE_TOGETHER = ["removed", "removed", "forgotten", "forgotten"]
EXPECTED = [*STEPS, *GONE_TOGETHER, *STEPS, *GONE, *STEPS, *GONE]
"""The first of the three files has a sidecar, which is removed with it."""
KILLED = f"killed {int(signal.SIGKILL)}"


def assert_whole(house: Installation) -> None:
    """Everything is catalogued exactly once, and nothing is left over."""
    held = stored(house)
    assert held.sha256s == SHA256S
    assert {contact.recordings[0].sidecar for contact in held.contacts} == {SIDECAR, None}
    assert {file.stem for file in vault_files(house)} == held.sealed_ids
    assert held.removals == []
    assert spool_files(house.settings.source[0].spool) == []
    assert findings(house) == []


@pytest.fixture(scope="module")
def forking() -> Iterator[Forking]:
    forking = Forking("taking_in_until")
    yield forking
    forking.close()


def run_until(at: int, forking: Forking, folder: Path) -> Ended:
    """How a process ended that was to kill itself at a step, and what it had reached."""
    (folder / UNTIL).write_text(str(at), "ascii")
    forking.start(folder)
    while (ended := forking.go()) is None:
        pass
    return ended


@pytest.mark.parametrize("at", range(1, len(EXPECTED) + 1))
def test_killed_at_any_step_the_next_start_brings_everything_to_its_end(
    template: Template, forking: Forking, tmp_path: Path, at: int
) -> None:
    settings = template.copy(tmp_path / "house")
    assert run_until(at, forking, tmp_path / "house") == Ended(KILLED, EXPECTED[:at])
    with opened(settings) as house:
        take_in(house, Pipeline(house))
        assert_whole(house)


def test_these_are_all_the_steps_there_are(template: Template, forking: Forking, tmp_path: Path) -> None:
    settings = template.copy(tmp_path / "house")
    assert run_until(len(EXPECTED) + 1, forking, tmp_path / "house") == Ended("exited 0", EXPECTED)
    with opened(settings) as house:
        assert_whole(house)


def test_killed_again_and_again_it_still_comes_to_an_end(template: Template, forking: Forking, tmp_path: Path) -> None:
    settings = template.copy(tmp_path / "house")
    ends = [run_until(at, forking, tmp_path / "house") for at in (2, 3, 4, 5, 6)]
    assert ends[0].how == KILLED
    with opened(settings) as house:
        take_in(house, Pipeline(house))
        assert_whole(house)


# --- calls that fail -------------------------------------------------------------------------------------------------


class Failing:
    """The module `os`, for one module that uses it, with the n-th of its changing calls failing."""

    CHANGING = frozenset({"open", "fsync", "rename", "unlink", "link", "stat", "dup"})

    def __init__(self, at: int, error: int) -> None:
        self._at = at
        self._error = error
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        wanted = getattr(os, name)
        return self._counted(wanted) if name in self.CHANGING else wanted

    def _counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.count()
            return call(*arguments, **options)

        return counted

    def count(self) -> None:
        self.calls += 1
        if self.calls == self._at:
            raise OSError(self._error, os.strerror(self._error))

    def writing(self, descriptor: int, mode: str) -> io.BufferedWriter:
        """In place of `os.fdopen`: a file whose writing and closing count too."""
        return _Counted(io.FileIO(descriptor, mode), self)


class _Counted(io.BufferedWriter):
    def __init__(self, raw: io.FileIO, failing: Failing) -> None:
        super().__init__(raw)
        self._failing = failing

    def write(self, content: Any, /) -> int:
        self._failing.count()
        return super().write(content)

    def flush(self) -> None:
        if not self.closed:
            self._failing.count()
        super().flush()


def taken_in_failing(house: Installation, monkeypatch: pytest.MonkeyPatch, failing: Failing) -> bool:
    """Take everything in with one call failing; whether it was reached."""
    module: Any = failing
    failing.fdopen = failing.writing  # type: ignore[attr-defined]  # the vault's only use of it is writing
    rename = Path.rename

    def renamed(self: Path, target: Path) -> Path:
        failing.count()
        return rename(self, target)

    pipeline = Pipeline(house)
    with monkeypatch.context() as patched:
        patched.setattr(store, "os", module)
        patched.setattr(removal, "os", module)
        patched.setattr(Path, "rename", renamed)
        try:
            take_in(house, pipeline)
        except (OSError, SealBroken, RegisterUnwritable):
            assert_none_is_lost(house)
    reached = failing.calls >= failing._at
    assert_none_is_lost(house)
    take_in(house, Pipeline(house))
    return reached


def assert_none_is_lost(house: Installation) -> None:
    """Each file is in the vault, proven and catalogued, or lies in its spool as it came; none is catalogued twice."""
    held = stored(house)
    assert len(set(held.sha256s)) == len(held.sha256s)
    assert {file.stem for file in vault_files(house)} == held.sealed_ids
    assert findings(house) == []
    lying = {file.read_bytes() for file in spool_files(house.settings.source[0].spool)}
    for content in FILES.values():
        assert content in lying or hashlib.sha256(content).digest() in held.sha256s


def test_with_any_call_failing_nothing_is_lost_and_nothing_is_taken_in_twice(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(1, 200):
        error = (errno.ENOSPC, errno.EIO)[at % 2]
        folder = tmp_path / str(at)
        with opened(template.copy(folder)) as house:
            reached = taken_in_failing(house, monkeypatch, Failing(at, error))
            assert_whole(house)
        if not reached:
            break
    else:
        pytest.fail("there are more calls than were made to fail")
    assert at > 40


@pytest.mark.parametrize("at", range(1, 12))
def test_with_any_commit_failing_nothing_is_lost_and_nothing_is_taken_in_twice(
    template: Template, tmp_path: Path, at: int
) -> None:
    with opened(template.copy(tmp_path / "house")) as house:
        failing = Failing(at, errno.ENOSPC)
        house.register.before_commit.append(failing.count)
        try:
            take_in(house, Pipeline(house))
        except RegisterUnwritable:
            assert_none_is_lost(house)
        house.register.before_commit.remove(failing.count)
        assert failing.calls >= min(at, 6)
        assert_none_is_lost(house)
        take_in(house, Pipeline(house))
        assert_whole(house)
