"""The connection to the agent: never waits, reconnects by itself, and knows which process the agent is.

The agent is whoever listens on the configured socket under the configured OS user, by SO_PEERCRED (unix(7)); its pid
counts as the agent's only while a pidfd says that this very process lives. A name never makes anything the agent.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from agent.sentry.outbox import Outbox
from agent.sentry.process import is_alive, started_ticks
from agent.sentry.protocol import ALIVE_EVERY_S, VERSION, Frames, Message, ProtocolBroken, frame

RETRY_EVERY_S = 0.5
_READ_BYTES = 65_536
_PEERCRED = struct.Struct("=iII")


class Link:
    """Args:
    path: The agent's socket for the sentry.
    agent_uid: Who must be listening there.
    outbox: What is to be sent.
    hello: The first message of each connection.
    """

    def __init__(self, path: str, agent_uid: int, outbox: Outbox, hello: Callable[[], Message]) -> None:
        self._path = path
        self._agent_uid = agent_uid
        self._outbox = outbox
        self._hello = hello
        self._socket: socket.socket | None = None
        self._pidfd = -1
        self._frames = Frames()
        self._unwritten = bytearray()
        self._retry_at_s = 0.0
        self._said_at_s = 0.0
        self.connections = 0
        """How many there have been."""
        self.is_welcome = False
        """The agent has answered: what is sent is entered."""
        self.agent_pid = 0
        self.agent_started_ticks: int | None = None
        self.trouble: str | None = "the agent has not been reached yet"

    def fileno(self) -> int | None:
        return None if self._socket is None else self._socket.fileno()

    @property
    def wants_to_write(self) -> bool:
        return bool(self._unwritten)

    def is_agents(self, pid: int) -> bool:
        """Whether a process is the agent at the other end, itself and not another that got its number."""
        return self.is_welcome and pid == self.agent_pid and is_alive(self._pidfd)

    def keep_up(self) -> None:
        """Connect if there is no connection; send what waits."""
        now_s = time.monotonic()
        if self._socket is None and now_s >= self._retry_at_s:
            self._retry_at_s = now_s + RETRY_EVERY_S
            self._connect()
        if self.is_welcome:
            self._fill()
            if now_s - self._said_at_s >= ALIVE_EVERY_S and not self._unwritten:
                self._say({"kind": "alive"})
        self._write()

    def _connect(self) -> None:
        connecting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        try:
            connecting.connect(self._path)
            pid, uid, _ = _PEERCRED.unpack(connecting.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEERCRED.size))
            if uid != self._agent_uid:
                connecting.close()
                self.trouble = "another OS user than the agent's listens on its socket"
                return
            self._pidfd = os.pidfd_open(pid)
        except OSError as error:  # a full backlog, too: the agent stands still
            connecting.close()
            self.trouble = f"the agent cannot be reached ({error.strerror})"
            return
        self._socket = connecting
        self.connections += 1
        self.agent_pid, self.agent_started_ticks = pid, started_ticks(pid)
        self._say(self._hello())

    def _fill(self) -> None:
        while len(self._unwritten) < _READ_BYTES and (report := self._outbox.next_to_send()) is not None:
            self._unwritten += report.framed
            self._said_at_s = time.monotonic()

    def _say(self, message: Message) -> None:
        self._unwritten += frame(message)
        self._said_at_s = time.monotonic()

    def _write(self) -> None:
        if self._socket is None or not self._unwritten:
            return
        try:
            written = self._socket.send(self._unwritten, socket.MSG_NOSIGNAL)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error.strerror or "broken")
            return
        del self._unwritten[:written]

    def received(self) -> Iterator[Message]:
        """What the agent has said."""
        if self._socket is None:
            return
        try:
            part = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error.strerror or "broken")
            return
        if not part:
            self._lose("it has closed the connection")
            return
        try:
            for message in self._frames.received(part):
                if message["kind"] == "welcome" and message.get("v") == VERSION:
                    self.is_welcome, self.trouble = True, None
                yield message
        except ProtocolBroken as error:
            self._lose(str(error))

    def _lose(self, why: str) -> None:
        self.trouble = f"the agent is not there ({why})"
        self.close()

    def bye(self) -> None:
        """Leave in words, as far as they can be said at once."""
        if self.is_welcome:
            self._fill()
            self._say({"kind": "bye"})
            with suppress(OSError):
                self._write()
        self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            os.close(self._pidfd)
        self._socket, self._pidfd, self.is_welcome = None, -1, False
        self._frames, self._unwritten = Frames(), bytearray()
        self.agent_pid, self.agent_started_ticks = 0, None
