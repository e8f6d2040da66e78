"""A real agent and real witnesses, as other OS users where that can be: heads come back cosigned, a roll-back is told.

One witness listens on a socket, the other is a command that answers one request, as behind a forced command of SSH.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.audit.cosignature import check_cosigned
from agent.audit.note import VerifierKey, check_signed, read_checkpoint, read_note
from agent.settings import load
from agent.wire import Role
from tests.agent.running import (
    PATIENCE_S,
    Running,
    configuration,
    eventually,
    install,
    run_command,
    short_folder,
    started,
)

NOBODY = 65534
IS_ROOT = os.getuid() == 0
AS_NOBODY = f"""
import os
from agent.witness.__main__ import main  # first: that user may not read where this Python lies
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
main()
"""
WITNESS = [sys.executable, "-c", AS_NOBODY] if IS_ROOT else [sys.executable, "-m", "agent.witness"]


def witness(*words: str | Path) -> str:
    command = [*WITNESS, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True).stdout.strip()


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as made:
        made.chmod(0o755)
        theirs = made / "theirs"
        theirs.mkdir()
        if IS_ROOT:
            shutil.chown(theirs, NOBODY, NOBODY)
        yield made


@contextmanager
def serving(theirs: Path) -> Iterator[None]:
    command = [*WITNESS, "serve", "--dir", str(theirs / "w1"), "--socket", str(theirs / "socket")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            assert "answers on" in process.stderr.readline()
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


def settings_of(theirs: Path, vkeys: list[str]) -> str:
    answer = [*WITNESS, "answer", "--dir", str(theirs / "w2")]
    ways = [f"socket = {json.dumps(str(theirs / 'socket'))}", f"command = {json.dumps(answer)}"]
    return "".join(
        f'[[witness]]\nname = "w{number}"\nvkey = "{vkey}"\ninterval_s = 0.05\n{way}\n'
        for number, (vkey, way) in enumerate(zip(vkeys, ways, strict=True), start=1)
    )


def seen_size(theirs: Path, name: str) -> int:
    return int(json.loads(witness("show", "--dir", theirs / name, "--json"))["size"] or 0)


def status(running: Running) -> dict[str, Any]:
    answer = running.ask("GET", "/status", role=Role.SECURITY)
    return dict(answer.raise_for_status().json())


def cosigned_by_all(running: Running) -> list[dict[str, Any]]:
    """What the log's state says of the witnesses, once each of them has cosigned."""
    states = running.ask("GET", "/audit/state", role=Role.SECURITY).raise_for_status().json()["witnesses"]
    return list(states) if all(state["size"] for state in states) else []


def told_by(entries: list[dict[str, Any]], *witnesses: str) -> list[dict[str, Any]]:
    """The entries, once each of these witnesses has one; one may have more, as the log grows again."""
    return entries if {entry["detail"]["witness"] for entry in entries} == set(witnesses) else []


def test_the_log_is_witnessed_and_a_roll_back_is_told(folder: Path) -> None:
    theirs = folder / "theirs"
    vkeys = [witness("init", "--dir", theirs / name, "--name", f"{name}.example") for name in ("w1", "w2")]
    config = configuration(folder)
    config.write_text(config.read_text() + settings_of(theirs, vkeys))
    settings = install(config)
    run_command("export-log", "-o", folder / "exported", "--config", config)
    log_vkey = (folder / "exported" / "vkey").read_text().strip()
    for name in ("w1", "w2"):
        witness("add-log", "--dir", theirs / name, log_vkey)
        assert (theirs / name / "key").stat().st_uid == (NOBODY if IS_ROOT else os.getuid())

    with serving(theirs):
        with started(config) as running:
            running.calls()
            states = eventually(lambda: cosigned_by_all(running))
            assert [(state["name"], state["trouble"]) for state in states] == [("w1", None), ("w2", None)]
            assert all(state["at"] for state in states)
            eventually(lambda: status(running)["log_size"] and not status(running)["trouble"])
            running.stop()
        printed = run_command("checkpoint", "--config", config).stdout
        note = read_note(printed)
        check_signed(note, VerifierKey.read(log_vkey))
        for vkey in vkeys:
            check_cosigned(note, VerifierKey.read(vkey))
        size = read_checkpoint(note.text).size
        assert [seen_size(theirs, name) for name in ("w1", "w2")] == [size, size]
        told = json.loads(run_command("status", "--json", "--config", config).stdout)["witnesses"]
        assert [(one["name"], one["size"]) for one in told] == [("w1", size), ("w2", size)]
        assert "witness w1" in run_command("status", "--config", config).stdout
        assert run_command("checkpoint", "--cosigned", "--config", config).stdout == printed
        shutil.copytree(settings.state_dir, folder / "older")

        with started(config) as running:
            running.calls()
            running.stop()
        assert seen_size(theirs, "w1") == seen_size(theirs, "w2") > size

    with started(config) as running:  # the one on the socket is away
        trouble = eventually(lambda: status(running)["trouble"])
        assert any(said.startswith("witness w1: it cannot be reached") for said in trouble)
        assert status(running)["can_log"]
        with serving(theirs):
            running.calls()
            eventually(lambda: not status(running)["trouble"])
        running.stop()

    shutil.rmtree(settings.state_dir)
    shutil.copytree(folder / "older", settings.state_dir)  # everything on this server, keys and checkpoint too
    with serving(theirs), started(config) as running:
        found = eventually(lambda: told_by(running.log("action:log.witness"), "w1", "w2"))
        assert all(entry["outcome"] == "failed" for entry in found)
        assert any("ALARM" in said for said in status(running)["trouble"])
    assert load(config) == settings
