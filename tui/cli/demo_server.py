"""The demo's installation: made and run by the server program, in a process of its own.

This module only starts it, waits for the line that says it is ready, and ends it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from agent.client import clean, cleaned
from tui.text import _

LEAVE_TIMEOUT_S = 15.0
LAST_WORDS = 5
"""Lines of what the server said that are repeated when it fails."""
PROGRESS_FIELDS = 3


class DemoFailed(click.ClickException):
    """The installation could not be made or started."""


def command(folder: Path | None, contacts: int | None, *, mishaps: bool = False) -> list[str]:
    """The program and its arguments; None leaves a choice to it."""
    # -P: a folder named `agent` where the person happens to stand is not the program that is meant.
    program = [sys.executable, "-P", "-m", "agent", "demo", "--headless"]
    if folder is not None:
        program += ["--dir", str(folder)]
    if contacts is not None:
        program += ["--contacts", str(contacts)]
    if mishaps:
        program.append("--mishaps")
    return program


def surroundings() -> dict[str, str]:
    """The environment, with this very program first among those that Python finds."""
    own = str(Path(__file__).resolve().parents[2])
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([own, others] if others else [own])}


@contextmanager
def running(arguments: list[str]) -> Iterator[dict[str, Any]]:
    """What the installation says of itself, while it runs.

    Raises:
        DemoFailed: it ended before it was ready; with its last words.
    """
    # A session of its own: Ctrl-C at the terminal is for this program, which then ends the other in good
    # order.
    with subprocess.Popen(
        [*arguments, "--until-stdin-ends"],
        env=surroundings(),
        stdin=subprocess.PIPE,  # closed by the kernel, should this program be killed or lose its terminal
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        progress = _Progress(server.stderr)
        try:
            line = server.stdout.readline()
            progress.hide()
            if not line:
                server.wait()
                progress.join()
                said = "\n".join(progress.last_words)
                raise DemoFailed(_("The demonstration could not be started.") + f"\n{said}".rstrip())
            yield cleaned(json.loads(line))
        finally:
            _stop(server)
            progress.join()


class _Progress(threading.Thread):
    """Reads what the server says on stderr: its progress is shown on one line, its last words are kept.

    A line of progress is `what<TAB>done<TAB>total`.
    """

    def __init__(self, said: IO[bytes]) -> None:
        super().__init__(name="demo progress", daemon=True)
        self._said = said
        self._is_terminal = sys.stderr.isatty()
        self._hidden = threading.Event()
        self.last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self.start()

    def run(self) -> None:
        for line in self._said:
            words = line.decode("utf-8", "replace").rstrip("\n").split("\t")
            if len(words) == PROGRESS_FIELDS:
                self._show(*words)
            else:
                self.last_words.append(clean(" ".join(words)))

    def hide(self) -> None:
        """Say no more: from now on the screen is the UI's."""
        self._hidden.set()
        if self._is_terminal:
            click.echo(err=True)

    def _show(self, what: str, done: str, total: str) -> None:
        if self._is_terminal and not self._hidden.is_set():
            click.echo(f"\r{clean(f'{_stage_words(what)} {done}/{total}'):<60}", nl=False, err=True)


def _stage_words(stage: str) -> str:
    return {
        "accounts": _("Making accounts"),
        "calls": _("Inventing calls"),
        "taken in": _("Taking calls in"),
    }.get(stage, stage)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGTERM)
    try:
        server.wait(LEAVE_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.kill()
