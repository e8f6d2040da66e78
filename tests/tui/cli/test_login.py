from __future__ import annotations

import stat
from pathlib import Path

from tests.tui.cli.agent_on_socket import PASSWORD, TOKEN, AgentOnSocket
from tests.tui.cli.conftest import Run


def kept_files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "runtime" / "earwitness").iterdir())


def test_a_password_from_stdin_begins_a_session_that_later_commands_use(
    run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path
) -> None:
    result = run("login", "--socket", socket, "--user", "anna.berg", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.stderr
    assert "Anna Berg (manager)" in result.stdout
    assert run("search", "--socket", socket).exit_code == 0
    (file,) = kept_files(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert file.read_text() == TOKEN


def test_a_wrong_password_keeps_nothing(run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path) -> None:
    result = run("login", "--socket", socket, "--user", "anna.berg", "--password-stdin", stdin="wrong\n")
    assert result.exit_code == 4
    assert result.stderr == "The user name or the password is wrong.\n"
    assert kept_files(tmp_path) == []


def test_an_endless_password_is_wrong_without_asking_the_agent(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    result = run("login", "--socket", socket, "--password-stdin", stdin="x" * 5000)
    assert result.exit_code == 4
    assert agent.asked == []


def test_only_the_line_end_is_taken_from_a_password(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    assert run("login", "--socket", socket, "--password-stdin", stdin=f"{PASSWORD}\r\nmore\n").exit_code == 0
    assert run("login", "--socket", socket, "--password-stdin", stdin=f"{PASSWORD} \n").exit_code == 4


def test_without_a_terminal_and_without_the_option_it_says_how(run: Run, agent: AgentOnSocket, socket: Path) -> None:
    result = run("login", "--socket", socket, "--user", "anna.berg", stdin=f"{PASSWORD}\n")
    assert result.exit_code == 2
    assert "--password-stdin" in result.stderr


def test_a_second_login_ends_the_first_session(run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path) -> None:
    for _ in range(2):
        run("login", "--socket", socket, "--password-stdin", stdin=PASSWORD)
    assert agent.tokens == {kept_files(tmp_path)[0].read_text()} != {TOKEN}


def test_logout_ends_the_session_at_the_agent_and_here(
    run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path, signed_in: None
) -> None:
    assert run("logout", "--socket", socket).exit_code == 0
    assert agent.tokens == set()
    assert kept_files(tmp_path) == []


def test_logout_of_an_ended_session_is_no_error(
    run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path, signed_in: None
) -> None:
    agent.tokens.clear()
    assert run("logout", "--socket", socket).exit_code == 0
    assert kept_files(tmp_path) == []


def test_logout_forgets_the_token_also_when_nobody_answers(
    run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path, signed_in: None
) -> None:
    socket.rename(tmp_path / "gone.sock")
    assert run("logout", "--socket", socket).exit_code == 3
    assert kept_files(tmp_path) == []
    (tmp_path / "gone.sock").rename(socket)


def test_each_agent_has_a_session_of_its_own(
    run: Run, agent: AgentOnSocket, socket: Path, tmp_path: Path, signed_in: None
) -> None:
    other = tmp_path / "other.sock"
    other.symlink_to(socket)
    assert run("search", "--socket", other).exit_code == 4
