"""Who asks: what the socket and the request say, and the person behind it once the session is known."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass

from agent.access.policy import Rights
from agent.access.sessions import SignedIn
from agent.audit.entry import Actor


@dataclass(frozen=True, slots=True)
class Asking:
    """A request before anybody is known to be behind it."""

    uid: int | None
    """The OS user at the other end of the socket, from SO_PEERCRED (unix(7))."""
    token: str | None
    request_id: str

    @property
    def actor(self) -> Actor:
        return Actor(uid=self.uid, via="api")


@dataclass(frozen=True, slots=True)
class Caller:
    """A person who has signed in, asking something."""

    person: SignedIn
    uid: int | None
    request_id: str

    @property
    def user(self) -> str:
        return self.person.account.user

    @property
    def rights(self) -> Rights:
        return self.person.rights

    @property
    def actor(self) -> Actor:
        session = self.person.session
        return Actor(account=self.user, uid=self.uid, via=session.via, session=session.id)


def server_actor() -> Actor:
    """Whoever runs a command of earwitness-agent on the server: known by the OS user alone."""
    return Actor(uid=os.getuid(), via="server")


def new_request_id() -> str:
    return secrets.token_hex(8)
