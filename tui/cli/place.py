"""Where the agent is, and a conversation with it for the length of one command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from agent.client import DEFAULT_SOCKET, Client
from agent.errors import AgentUnreachable
from tui.cli.token import TokenFile
from tui.cli.tunnel import Host, tunnel

Answer = TypeVar("Answer")


@dataclass
class Place:
    """What `--socket` and `--host` said; filled while the arguments are read."""

    socket: Path | None = None
    host: Host | None = None

    @property
    def agent_socket(self) -> Path:
        """The agent's socket on the machine where the agent runs."""
        return self.socket or DEFAULT_SOCKET

    def __str__(self) -> str:
        return f"{self.host}{self.agent_socket}" if self.host else str(self.agent_socket)

    def token_file(self) -> TokenFile:
        """Where the session with this agent is kept between commands."""
        return TokenFile(str(self) if self.host else str(self.agent_socket.absolute()))

    @contextmanager
    def reached(self) -> Iterator[Path]:
        """The socket on this machine, for as long as it is needed."""
        if self.host is None:
            yield self.agent_socket
            return
        with tunnel(self.host, self.agent_socket) as socket:
            yield socket

    def ask(self, question: Callable[[Client], Awaitable[Answer]], *, with_token: str | None = None) -> Answer:
        """Put a question to the agent, with the kept session unless another token is given ("" for none).

        Raises:
            AgentUnreachable: naming the place as the person named it.
            EarwitnessError: what the agent answered.
        """

        async def conversation(socket: Path) -> Answer:
            async with Client(socket, token=token, via="cli") as client:
                return await question(client)

        token = self.token_file().read() if with_token is None else with_token
        with self.reached() as socket:
            try:
                return asyncio.run(conversation(socket))
            except AgentUnreachable as error:
                raise AgentUnreachable(socket=str(self)) from error
