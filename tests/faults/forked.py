"""Runs of a scenario that cost milliseconds: everything is imported once, and each run is a fork of that process.

A scenario is a module with `steps(folder)`, a generator: whatever lies between two of its `yield`s is one phase. Before
each phase the run stops itself (SIGSTOP), so that strace can be put on any of its threads just for that phase. What it
prints goes into a file beside its folder (`said_file`), and is there whatever ends it.

    start FOLDER   ▶ stopped PID                              a new run, before its first phase
    go             ▶ stopped PID │ exited CODE │ killed NUMBER  its next phase

`python -m tests.faults.forked SCENARIO` is the other end of `Forking`.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 60
"""A phase that takes longer hangs: its run is killed."""

Steps = Callable[[Path], Iterator[None]]


def said_file(folder: Path) -> Path:
    return folder.with_name(folder.name + ".said")


@dataclass(frozen=True)
class Ended:
    """How a run ended, and the lines that it had printed."""

    how: str
    said: list[str]


class Forking:
    """A process that forks runs of one scenario, one at a time."""

    def __init__(self, scenario: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forked", f"tests.faults.scenarios.{scenario}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = 0
        """Of the run that is under way."""
        self._folder = Path()

    def close(self) -> None:
        self._process.communicate(timeout=60)

    def start(self, folder: Path) -> None:
        """Begin a run; it stands before its first phase."""
        self._folder = folder
        assert self._asked(f"start {folder}"), "it ended before its first phase"

    def go(self) -> Ended | None:
        """Let it do its next phase; None when it stands before another one."""
        if self._asked("go"):
            return None
        return Ended(self._answer, said_file(self._folder).read_text("utf-8").splitlines())

    def threads(self) -> list[int]:
        """Ids of the threads of the run, oldest first."""
        return sorted(int(task.name) for task in Path(f"/proc/{self.pid}/task").iterdir())

    def _asked(self, line: str) -> bool:
        """Whether the run stopped and did not end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        hanging = threading.Timer(PATIENCE_S, os.kill, (self.pid, signal.SIGKILL)) if line == "go" else None
        if hanging is not None:
            hanging.start()
        self._answer = self._process.stdout.readline().strip()
        if hanging is not None:
            hanging.cancel()
        word, _, number = self._answer.partition(" ")
        if word == "stopped":
            self.pid = int(number)
        assert word in ("stopped", "exited", "killed"), self._answer
        return word == "stopped"


def _run(steps: Steps, folder: Path) -> None:
    """What the forked process does; it never returns."""
    descriptor = os.open(said_file(folder), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    code = 0
    try:
        os.kill(os.getpid(), signal.SIGSTOP)
        for _phase in steps(folder):
            os.kill(os.getpid(), signal.SIGSTOP)
    except BaseException:  # noqa: BLE001 - whatever it was, a fork of the server never returns into it
        traceback.print_exc(file=sys.stdout)
        code = 1
    finally:
        sys.stdout.flush()
        os._exit(code)


def _until_it_stops(pid: int) -> str:
    _, status = os.waitpid(pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return f"stopped {pid}"
    return f"exited {os.WEXITSTATUS(status)}" if os.WIFEXITED(status) else f"killed {os.WTERMSIG(status)}"


def _serve(steps: Steps) -> None:
    pid = 0
    for line in sys.stdin:
        word, _, folder = line.strip().partition(" ")
        if word == "start":
            pid = os.fork()
            if pid == 0:
                _run(steps, Path(folder))
        else:
            os.kill(pid, signal.SIGCONT)
        print(_until_it_stops(pid), flush=True)  # noqa: T201 - the other end reads it


if __name__ == "__main__":
    _serve(importlib.import_module(sys.argv[1]).steps)
