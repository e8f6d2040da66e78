"""The agent's socket on another server, brought here by OpenSSH.

The `ssh` of the person's own machine does the work, with their configuration, keys and prompts; this module
starts it, waits until the agent answers at its other end, and takes everything away afterwards. It refuses
every host and path that `ssh` could read as an option, a token (`%h`) or a variable (`${HOME}`).
"""

from __future__ import annotations

import re
import shutil
import socket as sockets
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from agent.client import clean
from tui.text import _

_HOST = re.compile(
    r"ssh://(?:(?P<user>\w[\w.-]*)@)?(?P<server>\w[\w.-]*|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?/?",
    re.ASCII,
)
_REMOTE_PATH = re.compile(r"/[\w./@+,=-]*", re.ASCII)
_PROBE = b"HEAD /openapi.json HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n\r\n"
PROBE_INTERVAL_S = 0.05
PROBE_TIMEOUT_S = 10.0
LEAVE_TIMEOUT_S = 3.0
LAST_WORDS = 3
"""Lines of what ssh said that are repeated to the person."""


class TunnelFailed(click.ClickException):
    """The server could not be reached, or no agent answers there."""

    exit_code = 3


@dataclass(frozen=True)
class Host:
    """A server, as `ssh` is told of it."""

    server: str
    user: str | None = None
    port: int | None = None

    @classmethod
    def parsed(cls, text: str) -> Host:
        """Read `ssh://[user@]server[:port]`.

        Raises:
            ValueError: it is something else.
        """
        found = _HOST.fullmatch(text)
        if found is None:
            raise ValueError(text)
        port = int(found["port"]) if found["port"] else None
        return cls(server=found["server"].strip("[]"), user=found["user"], port=port)

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"ssh://{user}{self.server}{port}"

    def command(self, local: Path, remote: Path) -> list[str]:
        """The `ssh` that forwards `local` to `remote` and does nothing else.

        It takes no part in a shared connection (`ControlMaster`): that one would keep the forwarding after
        we left.
        """
        options = {
            "StreamLocalBindUnlink": "yes",
            "ExitOnForwardFailure": "yes",
            "ServerAliveInterval": "15",
            "ControlMaster": "no",
            "ControlPath": "none",
        }
        return [
            *("ssh", "-N", "-T", "-a", "-x"),
            *(part for name, value in options.items() for part in ("-o", f"{name}={value}")),
            *("-L", f"{local}:{remote}"),
            *(("-p", str(self.port)) if self.port else ()),
            *(("-l", self.user) if self.user else ()),
            *("--", self.server),
        ]


@contextmanager
def tunnel(host: Host, remote: Path) -> Iterator[Path]:
    """Bring the agent's socket `remote` at `host` to this machine; its place here, until the block is left.

    Raises:
        TunnelFailed: ssh ended, or nobody answers at its other end.
    """
    if not _REMOTE_PATH.fullmatch(str(remote)):
        raise TunnelFailed(_("The socket's path on the server must be absolute, of plain letters and digits."))
    folder = Path(tempfile.mkdtemp(prefix="earwitness-"))
    try:
        local, said = folder / "agent.sock", folder / "ssh.log"
        with said.open("wb") as log:
            ssh = _start(host.command(local, remote), log.fileno())
        try:
            _wait_for_answer(ssh, host, local, said)
            yield local
        finally:
            _stop(ssh)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(command: list[str], log: int) -> subprocess.Popen[bytes]:
    try:
        # Its standard input is closed and its words go to a file: it asks for passwords on the terminal
        # itself, and must not draw over the screens later.
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
    except FileNotFoundError as error:
        raise TunnelFailed(_("There is no ssh here. Install the OpenSSH client.")) from error


def _wait_for_answer(ssh: subprocess.Popen[bytes], host: Host, local: Path, said: Path) -> None:
    """Return when the agent has answered; a person may take any time to type a password before."""
    while ssh.poll() is None:
        try:
            answered = _answers(local)
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(PROBE_INTERVAL_S)
            continue
        if answered:
            return
        message = _("{host} was reached, but no agent answers on its socket: {said}")
        raise TunnelFailed(message.format(host=host, said=_last_words(said)))
    raise TunnelFailed(_("ssh could not reach {host}: {said}").format(host=host, said=_last_words(said)))


def _answers(local: Path) -> bool:
    """Whether somebody speaks at the other end.

    Raises:
        FileNotFoundError, ConnectionRefusedError: ssh does not listen yet.
    """
    with sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_TIMEOUT_S)
        probe.connect(str(local))
        try:
            probe.sendall(_PROBE)
            return bool(probe.recv(1))
        except OSError:
            return False


def _last_words(said: Path) -> str:
    lines = [line.strip() for line in said.read_text("utf-8", "replace").splitlines() if line.strip()]
    return clean(" / ".join(lines[-LAST_WORDS:])) or _("it said nothing")


def _stop(ssh: subprocess.Popen[bytes]) -> None:
    ssh.terminate()
    try:
        ssh.wait(LEAVE_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        ssh.kill()
        ssh.wait()
