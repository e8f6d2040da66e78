from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tui.cli.agent_on_socket import AgentOnSocket, contact
from tests.tui.cli.conftest import Run
from tui.cli.program import COMMANDS

ROOT = Path(__file__).parents[3]


def started(*arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
    """The program in a process of its own, with pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "tui", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_subcommand_explains_itself_with_examples(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    if command != "logout":
        assert f"earwitness {command}" in result.stdout.split("Examples:")[1]


def test_the_help_lists_every_subcommand(run: Run) -> None:
    listed = run("--help").stdout
    assert all(f"\n  {command} " in listed for command in COMMANDS)


def test_the_version_is_said(run: Run) -> None:
    result = run("--version")
    assert (result.exit_code, result.stdout.split()[0]) == (0, "earwitness")


def test_what_is_repeated_of_the_arguments_is_cleaned(run: Run) -> None:
    for arguments in (["\x1b[2Jsearhc"], ["search", "--\x1b[2J"], ["search", "--limit", "\x9b2J"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert not {"\x1b", "\x9b"} & set(result.stderr)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_names_the_program(run: Run, shell: str) -> None:
    assert "_EARWITNESS_COMPLETE" in run("completion", shell).stdout


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("earwitness se", {"search"}),
        ("earwitness search serv", {"service:"}),
        ("earwitness search service:x -num", {"-number:"}),
        ("earwitness audit outcome:", {"outcome:allowed", "outcome:failed", "outcome:refused"}),
        ("earwitness export c-1 --purpose com", {"commission", "complaint"}),
        ("earwitness search --so", {"--sort", "--socket"}),
    ],
)
def test_commands_terms_purposes_and_options_are_completed(words: str, completed: set[str]) -> None:
    position = str(len(words.split()) - 1)
    with started(_EARWITNESS_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=position) as process:
        out, _ = process.communicate(timeout=30)
    assert {line.partition(",")[2] for line in out.splitlines()} == completed


def test_without_a_terminal_the_screens_are_refused_with_what_to_use_instead() -> None:
    with started("--socket", "/nowhere") as process:
        _out, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "earwitness login" in said


def test_a_language_that_is_not_ours_is_wrong_use(run: Run) -> None:
    assert run("--lang", "de", "search").exit_code == 2


def test_a_pipe_that_closes_ends_it_quietly(agent: AgentOnSocket, socket: Path, signed_in: None) -> None:
    agent.contacts = [contact(f"c-{number}") for number in range(3000)]
    with started("search", "--socket", socket, "--json", "--limit", "0") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode in (0, 1)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_quietly_and_leaves_no_file(
    agent: AgentOnSocket, socket: Path, tmp_path: Path, signed_in: None, number: signal.Signals, status: int
) -> None:
    silent = tmp_path / "silent.sock"
    log = tmp_path / "asked"
    ssh = tmp_path / "bin" / "ssh"
    ssh.parent.mkdir()
    ssh.write_text(f"#!/bin/sh\necho $$ > {log}.part; mv {log}.part {log}\nexec sleep 60\n")
    ssh.chmod(0o755)
    temporary = tmp_path / "t"
    temporary.mkdir()
    path = f"{ssh.parent}:{os.environ['PATH']}"
    with started("search", "--host", "ssh://recorder", "--socket", silent, PATH=path, TMPDIR=str(temporary)) as process:
        while not log.exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        out, said = process.communicate(timeout=30)
    assert (process.returncode, out, said) == (status, "", "")
    assert list(temporary.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(log.read_text()), 0)
