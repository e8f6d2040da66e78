"""What starts with a command: it is waited for by a person each time, and by a timer each minute."""

from __future__ import annotations

import subprocess
import sys

import pytest

from agent.__main__ import program

LOADED = """
import sys
from agent.__main__ import program
program.commands[sys.argv[1]]
print(*sys.modules)
"""
LISTENING, SOUND = {"fastapi", "uvicorn"}, {"numpy", "soundfile"}


def loaded_by(name: str) -> set[str]:
    return set(
        subprocess.run([sys.executable, "-c", LOADED, name], capture_output=True, text=True, check=True).stdout.split()
    )


@pytest.mark.parametrize("name", ["status", "sentry", "verify", "log"])
def test_what_neither_listens_nor_reads_sound_loads_nothing_for_it(name: str) -> None:
    assert not loaded_by(name) & (LISTENING | SOUND)


def test_what_runs_loads_both() -> None:
    assert loaded_by("run") >= LISTENING | SOUND


def test_every_command_is_where_its_name_says() -> None:
    assert {name: command.name for name, command in program.commands.items()} == {
        name: name for name in program.commands
    }
