from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

import pytest

from tests.tui.cli.agent_on_socket import TOKEN, AgentOnSocket
from tests.tui.cli.conftest import Run
from tui.cli.place import Place
from tui.cli.tunnel import Host, TunnelFailed, tunnel

FORWARDING_SSH = """\
#!{python}
import os, signal, socket, sys, threading
open({log!r}, "w").write("\\n".join(sys.argv[1:]))
local, remote = sys.argv[sys.argv.index("-L") + 1].split(":")
listening = socket.socket(socket.AF_UNIX)
listening.bind(local)
listening.listen()
def pump(source, sink):
    while data := source.recv(65536):
        sink.sendall(data)
    sink.shutdown(socket.SHUT_WR)
while True:
    near, _ = listening.accept()
    far = socket.socket(socket.AF_UNIX)
    try:
        far.connect(remote)
    except OSError as error:
        print("channel 1: open failed: connect failed:", error.strerror, file=sys.stderr, flush=True)
        near.close()
        continue
    for pair in ((near, far), (far, near)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
"""
REFUSING_SSH = """\
#!/bin/sh
echo "Warning: something" >&2
printf 'ssh: connect to host recorder port 22: \\033[31mConnection refused\\n' >&2
exit 255
"""


@pytest.fixture
def path_of_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the only `ssh` on PATH is to be written; temporary folders are made beside it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    temporary = tmp_path / "t"
    temporary.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return folder / "ssh"


@pytest.fixture
def said_to_ssh(path_of_ssh: Path, tmp_path: Path) -> Path:
    """An ssh that forwards to this same machine; the file that has its arguments afterwards."""
    log = tmp_path / "said"
    path_of_ssh.write_text(FORWARDING_SSH.format(python=sys.executable, log=str(log)))
    path_of_ssh.chmod(0o755)
    return log


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("ssh://recorder", Host("recorder")),
        ("ssh://anna.berg@recorder.example", Host("recorder.example", user="anna.berg")),
        ("ssh://anna@192.0.2.7:2222/", Host("192.0.2.7", user="anna", port=2222)),
        ("ssh://[2001:db8::7]:22", Host("2001:db8::7", port=22)),
    ],
)
def test_user_server_and_port_are_read(text: str, host: Host) -> None:
    assert Host.parsed(text) == host


@pytest.mark.parametrize(
    "text",
    [
        *("recorder", "-oProxyCommand=sh", "ssh://-oProxyCommand=sh", "ssh://-l@recorder", "ssh://a b"),
        *(
            "ssh://a;b",
            "ssh://$(x)",
            "ssh://%h",
            "ssh://a/b",
            "ssh://a@b@c",
            "ssh://a:",
            "ssh://a:x",
            "ssh://",
        ),
        *("ssh://a\n", "ssh://å", "SSH://a", "ssh://a:123456"),
    ],
)
def test_whatever_ssh_could_read_as_something_else_is_refused(text: str, run: Run) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        Host.parsed(text)
    assert run("--host", text, "search").exit_code == 2


@pytest.mark.parametrize("remote", ["relative.sock", "/run/a:b", "/run/%h", "/run/${HOME}", "/run/a b"])
def test_a_remote_path_that_ssh_would_expand_is_refused(remote: str, said_to_ssh: Path) -> None:
    with pytest.raises(TunnelFailed), tunnel(Host("recorder"), Path(remote)):
        pass
    assert not said_to_ssh.exists()


def test_a_command_reaches_the_agent_through_ssh_and_leaves_nothing_behind(
    run: Run, agent: AgentOnSocket, socket: Path, said_to_ssh: Path, tmp_path: Path
) -> None:
    agent.tokens.add(TOKEN)
    Place(socket=socket, host=Host("recorder", user="anna", port=2222)).token_file().write(TOKEN)
    result = run("search", "--host", "ssh://anna@recorder:2222", "--socket", socket)
    assert result.exit_code == 0, result.stderr
    assert len(agent.asked_of("/v1/contacts")) == 1
    assert list((tmp_path / "t").iterdir()) == []


def test_ssh_is_told_to_forward_and_nothing_else(agent: AgentOnSocket, socket: Path, said_to_ssh: Path) -> None:
    with tunnel(Host("recorder", user="anna", port=2222), socket) as local:
        arguments = said_to_ssh.read_text().split("\n")
        assert local.parent.stat().st_mode & 0o777 == 0o700
    assert arguments[:4] == ["-N", "-T", "-a", "-x"]
    assert "StreamLocalBindUnlink=yes" in arguments
    assert "ExitOnForwardFailure=yes" in arguments
    assert arguments[-8:] == ["-L", f"{local}:{socket}", "-p", "2222", "-l", "anna", "--", "recorder"]


def test_the_last_words_of_ssh_are_repeated_cleaned(run: Run, path_of_ssh: Path, tmp_path: Path) -> None:
    path_of_ssh.write_text(REFUSING_SSH)
    path_of_ssh.chmod(0o755)
    result = run("--host", "ssh://recorder", "search")
    assert result.exit_code == 3
    assert "Connection refused" in result.stderr
    assert "\x1b" not in result.stderr
    assert list((tmp_path / "t").iterdir()) == []


def test_a_server_without_an_agent_is_told_apart_from_one_that_is_not_reached(
    run: Run, said_to_ssh: Path, tmp_path: Path
) -> None:
    result = run("--host", "ssh://recorder", "search", "--socket", tmp_path / "nobody")
    assert result.exit_code == 3
    assert "no agent answers" in result.stderr
    assert "connect failed" in result.stderr


def test_without_ssh_it_says_what_to_install(run: Run, path_of_ssh: Path) -> None:
    result = run("--host", "ssh://recorder", "search")
    assert result.exit_code == 3
    assert "OpenSSH" in result.stderr
