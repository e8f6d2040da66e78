"""Who is signed in and whether the agent answers, for the whole program.

It owns the one subscription to `/v1/events`, with its reconnecting, and tells whoever listens by messages
in the past tense. It refuses to decide anything: what a person may do is `me.capabilities`, and the agent
checks it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, cast
from weakref import WeakSet

from textual.dom import DOMNode
from textual.message import Message
from textual.message_pump import MessagePump

from agent import wire
from agent.client import Client
from agent.errors import AgentUnreachable, NotSignedIn

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0


class LiveSession:
    """The state of the connection.

    Args:
        client: How the agent is asked.
        pause: Waits a number of seconds between two attempts; handed in so that tests need not wait.
    """

    class SignedIn(Message, bubble=False):
        """A session has begun."""

        def __init__(self, me: wire.Me) -> None:
            super().__init__()
            self.me = me

    class Ended(Message, bubble=False):
        """The agent no longer knows the session."""

        def __init__(self, error: NotSignedIn) -> None:
            super().__init__()
            self.error = error

    class ConnectionLost(Message, bubble=False):
        """The agent has stopped answering; attempts go on."""

    class ConnectedAgain(Message, bubble=False):
        """The agent answers again; what is shown may be out of date."""

    class Happened(Message, bubble=False):
        """Something changed at the agent: `event.event` says in which part."""

        def __init__(self, event: wire.Event) -> None:
            super().__init__()
            self.event = event

    def __init__(self, client: Client, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.client = client
        self.me: wire.Me | None = None
        self.connected = True
        self._pause = pause
        self._listeners: WeakSet[MessagePump] = WeakSet()

    def subscribe(self, listener: MessagePump) -> None:
        """Post every message of this session to a screen or widget, for as long as it lives."""
        self._listeners.add(listener)

    async def sign_in(self, user: str, password: str) -> None:
        """Begin a session.

        Raises:
            SignInFailed: wrong name or password.
            AccountLocked: too many of them.
        """
        self.begin(await self.client.sign_in(user, password))

    def begin(self, session: wire.Session) -> None:
        """Go on with a session that has begun already."""
        self.client.token = session.token
        self.me = session.me
        self.connected = True
        self._tell(lambda: LiveSession.SignedIn(session.me))

    async def sign_out(self) -> None:
        """End the session; locally also when the agent does not answer."""
        self.me = None
        try:
            await self.client.sign_out()
        except (AgentUnreachable, NotSignedIn):
            self.client.token = None

    def end(self, error: NotSignedIn) -> None:
        """Take note that the agent refuses the session."""
        if self.me is None:
            return
        self.me = None
        self.client.token = None
        self._tell(lambda: LiveSession.Ended(error))

    async def follow(self) -> None:
        """Listen to the agent until the session ends; a lost connection is tried again, ever less often."""
        pause_s = FIRST_PAUSE_S
        while self.me is not None:
            try:
                async for event in self.client.events():
                    pause_s = FIRST_PAUSE_S
                    self._found()
                    self._pass_on(event)
            except NotSignedIn as error:
                self.end(error)
                return
            except AgentUnreachable:
                pass
            self._lost()
            await self._pause(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _pass_on(self, event: wire.Event) -> None:
        if event.event not in ("hello", "heartbeat"):
            self._tell(lambda: LiveSession.Happened(event))

    def _found(self) -> None:
        if not self.connected:
            self.connected = True
            self._tell(LiveSession.ConnectedAgain)

    def _lost(self) -> None:
        if self.connected:
            self.connected = False
            self._tell(LiveSession.ConnectionLost)

    def _tell(self, message: Callable[[], Message]) -> None:
        for listener in list(self._listeners):
            listener.post_message(message())


class _HasSession(Protocol):
    live: LiveSession


def session_of(node: DOMNode) -> LiveSession:
    """The session of the application that a screen or widget belongs to."""
    return cast(_HasSession, node.app).live
