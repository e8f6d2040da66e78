"""A file system of the test's own, an installation on it, its agent and its sentry.

What is marked is never the machine's. All of it takes root; elsewhere these tests are left out, and in CI they run.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.agent.running import PATIENCE_S, Running, command, configuration, install, short_folder

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 and "CI" not in os.environ, reason="fanotify's permission events take root"
)
USERS = (61001, 61002, 61003)
"""Numbers of OS users; they need no names."""


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A file system in memory, for the test alone."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "earwitness-test", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@cache
def _openers() -> bytes:
    with short_folder() as folder:
        program = folder / "openers"
        source = Path(__file__).with_name("openers.c")
        subprocess.run(["gcc", "-static", "-O1", "-Wall", "-Werror", "-o", program, source], check=True)
        return program.read_bytes()


def openers(folder: Path) -> Path:
    """The program of `openers.c`, in a folder that everybody may look into."""
    program = folder / "openers"
    if not program.exists():
        program.write_bytes(_openers())
        program.chmod(0o755)
    return program


@dataclass
class SentryProcess:
    process: subprocess.Popen[str]
    said: list[str]
    """Lines that it has written into the system's journal."""

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


@contextmanager
def sentry(config: Path, *, as_user: tuple[str, ...] = ()) -> Iterator[SentryProcess]:
    """A sentry that watches, until the end of the block."""
    process = subprocess.Popen(
        [*as_user, *command("sentry", "--config", config)], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stderr is not None
        said: list[str] = []
        while not said or "watches" not in said[-1]:
            readable, _, _ = select.select([process.stderr], [], [], PATIENCE_S)
            said.append(process.stderr.readline() if readable else "")
            assert said[-1], said
        yield SentryProcess(process, said)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        finally:
            process.kill()
            process.wait(PATIENCE_S)
            assert process.stderr is not None
            said += process.stderr.readlines()
            process.stderr.close()


@dataclass
class Scene:
    """An installation whose folders all lie on file systems of the test."""

    folder: Path
    config: Path
    spool: Path

    def opened(self, running: Running, query: str = "action:file.open") -> list[dict[str, Any]]:
        return running.log(query)


@contextmanager
def scene(*, own_spool: bool = False, **more: Any) -> Iterator[Scene]:
    """See there.

    Args:
        own_spool: The spool is a file system of its own.
        more: Settings.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(mounted(stack.enter_context(short_folder())))
        folder.chmod(0o755)
        spool = folder / "spool"
        spool.mkdir()
        if own_spool:
            stack.enter_context(mounted(spool))
        config = configuration(folder)
        with config.open("a", encoding="utf-8") as lines:
            lines.write(f'[sentry]\nrun_dir = "{folder}/run-sentry"\n' + more.pop("sentry", ""))
        install(config)
        yield Scene(folder, config, spool)


def watching(running: Running) -> bool:
    """Whether the sentry has come."""
    return bool(running.log("action:sentry.start"))
