"""Who is signed in."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.wire.body import Asked, Body, Instant
from agent.wire.words import Capability, Purpose, Role


class SignIn(Asked):
    user: str = Field(max_length=200)
    password: str = Field(max_length=1024)
    via: Literal["tui", "cli", "api"] = "api"


class Account(Body):
    user: str
    display_name: str
    roles: list[Role]


class Me(Account):
    capabilities: list[Capability]
    scope: Literal["none", "own", "all"]
    """On which contacts the capabilities hold."""
    agreement_until: Instant | None = None
    """Until when the secrecy agreement is valid, for the roles that need one."""
    agreement_missing: bool = False
    expires_at: Instant
    purposes: list[Purpose]


class Session(Body):
    token: str
    me: Me
