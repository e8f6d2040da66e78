from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.tui.cli.agent_on_socket import TOKEN, AgentOnSocket, listening
from tui.cli.place import Place
from tui.cli.program import program

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own: no kept session and no socket."""
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.delenv("EARWITNESS_SOCKET", raising=False)


@pytest.fixture
def agent() -> AgentOnSocket:
    return AgentOnSocket()


@pytest.fixture
def socket(agent: AgentOnSocket, tmp_path: Path) -> Iterator[Path]:
    with listening(agent, tmp_path / "agent.sock") as socket:
        yield socket


@pytest.fixture
def signed_in(agent: AgentOnSocket, socket: Path) -> None:
    agent.tokens.add(TOKEN)
    Place(socket=socket).token_file().write(TOKEN)


@pytest.fixture
def run() -> Run:
    """Run `earwitness` with arguments, in this process."""

    def run(*arguments: str | Path, stdin: str | None = None) -> Result:
        return CliRunner().invoke(program, [str(argument) for argument in arguments], input=stdin)

    return run
