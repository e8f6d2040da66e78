"""What a check finds, and what it is handed."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agent.settings import Settings

_PEERCRED = struct.Struct("=iII")
CONNECT_S = 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or worth knowing."""

    what: str
    advice: str
    """What to do."""
    is_wrong: bool = True
    """False: all works, but something is not as good as it could be."""


@dataclass(frozen=True, slots=True)
class Examination:
    settings: Settings
    agent_uid: int
    """Who the agent runs under: the owner of the state folder."""
    agent_pid: int | None
    """Who answers on the agent's socket; None when nobody does."""


Check = Callable[[Examination], Iterator[Finding]]


def examination(settings: Settings) -> Examination:
    """Look at who there is.

    Raises:
        FileNotFoundError: there is no installation.
    """
    return Examination(settings, settings.state_dir.stat().st_uid, _listening_pid(settings.socket))


def _listening_pid(path: Path) -> int | None:
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(CONNECT_S)
        asking.connect(str(path))
        pid, _, _ = _PEERCRED.unpack(asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEERCRED.size))
        return int(pid)
    return None
