"""The running agent: one installation, its intake, its API on a Unix socket.

The socket's folder protects it: made with mode 0750 for the group that the settings name, else 0700. Whoever gets
through is known by the kernel (SO_PEERCRED) and still has to sign in.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

import uvicorn

from agent.api.application import application
from agent.api.peer import PeerProtocol
from agent.audit.entry import AGENT, Draft
from agent.audit.heartbeat import Heartbeat
from agent.errors import Conflict, WrongUse
from agent.installation import only_agent, open_installation
from agent.services.desk import Desk
from agent.settings import Settings
from agent.wire import Outcome

BACKLOG = 128
SWITCH_INTERVAL_S = 0.0005
"""For how long a thread may keep the interpreter when others want it. Taking a file in gives it away at some sixty
system calls; at Python's 5 ms a file would wait behind a search at each of them."""
STOP_S = 3
"""How long requests that are under way may take when the agent stops."""

journal = logging.getLogger("earwitness")


def run(settings: Settings, *, ready: Callable[[], None] = lambda: None) -> None:
    """Run the agent until SIGTERM or SIGINT.

    Args:
        settings: Of an installation that has been made.
        ready: Called once the socket answers.

    Raises:
        Conflict: another agent runs on this installation or on its socket.
        EarwitnessError: the installation cannot be opened; see `agent.installation`.
        CannotLog: the log cannot be written: no agent without a working log.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with only_agent(settings) as lock:
        house = open_installation(settings)
        lock.name(house.register.identity)
        try:
            house.log.record(Draft(AGENT, "agent.start", Outcome.ALLOWED))
            heartbeat = Heartbeat(house.log, settings.log.heartbeat_minutes)
            desk = Desk(house)
            with at_work(desk.outside):
                with at_work(heartbeat, desk.direct_opens, desk.loop, desk.forgetting, desk.scans):
                    try:
                        asyncio.run(_serve(settings, desk, ready))
                    finally:
                        desk.listening.releases.stop()
                house.log.record(Draft(AGENT, "agent.stop", Outcome.ALLOWED))
                house.log.remember()
        finally:
            house.close()


class Worker(Protocol):
    """A part of the agent that works beside the others."""

    def start(self) -> None: ...

    def stop(self) -> None:
        """Finish what is in work, and end."""


@contextmanager
def at_work(*workers: Worker) -> Iterator[None]:
    """Start workers in order, and stop those that were started in the reverse order, whatever happens."""
    with ExitStack() as started:
        for worker in workers:
            worker.start()
            started.callback(worker.stop)
        yield


async def _serve(settings: Settings, desk: Desk, ready: Callable[[], None]) -> None:
    app = application(desk)
    listening = bound_socket(settings.socket, settings.socket_group)
    config = uvicorn.Config(
        app,
        http=PeerProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_S,
        backlog=BACKLOG,
    )
    server = _Server(config, ready, desk)
    try:
        await server.serve(sockets=[listening])
    finally:
        app.state.asker.close()
        with suppress(FileNotFoundError):
            settings.socket.unlink()


class _Server(uvicorn.Server):
    """Tells when it is ready; SIGTERM and SIGINT end it, and those who follow events with it."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], desk: Desk) -> None:
        super().__init__(config)
        self._ready = ready
        self._desk = desk

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leave)
        yield

    def _leave(self) -> None:
        self.should_exit = True
        self._desk.listening.releases.is_stopping = True
        self._desk.news.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def bound_socket(path: Path, group: str | None) -> socket.socket:
    """A listening Unix socket, in place of one that a crash left behind.

    Raises:
        Conflict: somebody answers there already, or something else lies there.
        WrongUse: there is no such group.
    """
    path.parent.mkdir(mode=0o750 if group else 0o700, parents=True, exist_ok=True)
    if group:
        try:
            shutil.chown(path.parent, group=group)
        except LookupError as error:
            raise WrongUse(what=f"socket_group: there is no group {group}") from error
    if path.exists() or path.is_symlink():
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise Conflict(what=f"{path} is no socket and stands where the agent's socket belongs")
        if _answers(path):
            raise Conflict(what=f"somebody answers on {path} already")
        path.unlink()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(path))
    path.chmod(0o666)
    listening.listen(BACKLOG)
    return listening


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trying:
        trying.settimeout(1)
        try:
            trying.connect(str(path))
        except OSError:
            return False
    return True
