from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import tui.app
from tests.agent.waiting import until
from tests.tui.cli.conftest import Run
from tui import environment
from tui.cli import demo_server

READY = '{"socket": "/there/agent.sock", "accounts": {"manager": {"user": "anna", "password": "\\\\u001bp"}}}'
SERVER = """\
import os, pathlib, signal, sys, time
log = pathlib.Path(sys.argv[1])
def leave(number, frame):
    log.write_text("ended in good order")
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("taken in", 1, 2, sep="\\t", file=sys.stderr, flush=True)
time.sleep(0.2)
print('{ready}', flush=True)
while True:
    print("noise", file=sys.stderr, flush=True)
    time.sleep(0.05)
"""


@pytest.fixture
def ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server that becomes ready; the file that it writes when it has been ended by SIGTERM."""
    script, ended = tmp_path / "server.py", tmp_path / "ended"
    script.write_text(SERVER.replace("{ready}", READY))
    monkeypatch.setattr(environment, "why_no_screen", lambda: None)
    monkeypatch.setattr(demo_server, "command", lambda *_asked, **_how: [sys.executable, str(script), str(ended)])
    return ended


def test_the_screens_open_on_the_installation_which_is_ended_afterwards(
    run: Run, ended: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: dict[str, Any] = {}

    def open_screens(client: Any, *, demo_accounts: dict[str, Any]) -> int:
        opened.update(socket=client.socket, accounts=demo_accounts, running=not ended.exists())
        return 0

    monkeypatch.setattr(tui.app, "run_app", open_screens)
    assert run("demo").exit_code == 0
    assert opened == {
        "socket": Path("/there/agent.sock"),
        "accounts": {"manager": {"user": "anna", "password": "\N{REPLACEMENT CHARACTER}p"}},
        "running": True,
    }
    assert ended.read_text() == "ended in good order"


@pytest.mark.parametrize("arguments", [(), ("--headless",)])
def test_only_what_people_look_at_begins_with_mishaps(
    run: Run, ended: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(demo_server, "command", lambda *_asked, mishaps: asked.append(mishaps) or [sys.executable])
    monkeypatch.setattr(os, "execve", lambda *_program: None)
    monkeypatch.setattr(demo_server, "running", lambda _command: nullcontext({"socket": "", "accounts": {}}))
    monkeypatch.setattr(tui.app, "run_app", lambda *_client, **_how: 0)
    run("demo", *arguments)
    assert asked == [not arguments]


def test_the_installation_is_ended_when_the_screens_fail(
    run: Run, ended: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> int:
        raise LookupError

    monkeypatch.setattr(tui.app, "run_app", fail)
    assert isinstance(run("demo").exception, LookupError)
    assert ended.read_text() == "ended in good order"


def test_a_server_that_ends_at_once_is_said_plainly(run: Run, ended: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        demo_server, "command", lambda *_asked, **_how: [sys.executable, "-c", "raise SystemExit('no \x1b[2Jroom')"]
    )
    result = run("demo")
    assert result.exit_code == 1
    assert "could not be started.\nno " in result.stderr
    assert "\x1b" not in result.stderr


def test_headless_becomes_the_server_program(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    became: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *program: became.append(program) or sys.exit(0))
    assert run("demo", "--headless", "--dir", tmp_path / "d", "--contacts", "7").exit_code == 0
    ((program, arguments, surroundings),) = became
    assert program == sys.executable
    assert arguments[1:] == [
        *("-P", "-m", "agent", "demo", "--headless", "--dir", str(tmp_path / "d"), "--contacts", "7")
    ]
    assert (Path(surroundings["PYTHONPATH"].split(os.pathsep)[0]) / "agent" / "client.py").is_file()


def test_without_a_terminal_nothing_is_started(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_server, "running", lambda *_args: pytest.fail("started"))
    result = run("demo")
    assert result.exit_code == 2
    assert "no terminal" in result.stderr


def test_the_installation_ends_and_is_gone_when_the_program_that_shows_it_is_killed() -> None:
    program = (
        "import json, time\n"
        "from tui.cli import demo_server\n"
        "with demo_server.running(demo_server.command(None, 0)) as ready:\n"
        "    print(json.dumps(ready), flush=True)\n"
        "    time.sleep(120)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env=demo_server.surroundings(),
    ) as shown:
        assert shown.stdout is not None
        folder = Path(json.loads(shown.stdout.readline())["dir"])
        assert folder.is_dir()
        shown.kill()
    until(lambda: not folder.exists())
