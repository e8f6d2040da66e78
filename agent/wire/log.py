"""The access log, as it is read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.wire.body import Asked, Body, Instant
from agent.wire.words import Outcome


class Actor(Body):
    account: str | None
    """The personal user name; None when nobody had signed in."""
    uid: int | None
    """The operating system's user at the other end of the socket; None for the agent itself."""
    via: str = ""
    """`tui`, `cli`, `api`, `server` (a command of earwitness-agent), `sentry` (whoever opened a file past the agent)
    or `agent`."""
    session: str | None = None
    """Of the account, from signing in to signing out; None when nobody had signed in."""


class Entry(Body):
    seq: int
    """Position in the log, from 0: the index of the leaf."""
    at: Instant
    actor: Actor
    action: str
    outcome: Outcome
    target: str | None = None
    purpose: str | None = None
    case: str | None = None
    reason: str | None = None
    """Why, in the words of whoever asked, or the code of a refusal."""
    detail: dict[str, str | int | None] = Field(default_factory=dict)
    request_id: str = ""


class WitnessState(Body):
    """Somebody outside who keeps the heads of this log (C2SP tlog-cosignature)."""

    name: str
    size: int | None = None
    """Of the newest head that was cosigned; None when none was."""
    at: Instant | None = None
    """When it was cosigned."""
    trouble: str | None = None
    """Why the newest head is not cosigned, in English."""


class SentryState(Body):
    """Who watches the files themselves."""

    seeing: Literal["attributed", "unattributed", "nothing"]
    """`attributed`: every direct open is named before it goes on; `unattributed`: only that somebody opened."""
    since: Instant | None = None
    gaps: int = 0
    """Gap entries of the last 28 days."""
    trouble: str | None = None


class LogState(Body):
    """Whether the log is whole and goes on, in one look."""

    size: int
    can_log: bool
    trouble: list[str] = Field(default_factory=list)
    """Why not, or what is odd, in English."""
    checkpoint_size: int = 0
    checkpoint_at: Instant | None = None
    verified_size: int = 0
    verified_at: Instant | None = None
    """When `verify` last ran to its end."""
    verified_whole: bool | None = None
    """Whether it found everything as it was written; None when it never ran."""
    witnesses: list[WitnessState] = Field(default_factory=list)
    sentry: SentryState | None = None
    odd: int = 0
    """Findings that nobody has acknowledged."""


class Hours(Body):
    """Entries of a search, counted by weekday and hour in the installation's zone."""

    since: Instant
    until: Instant
    zone: str
    counts: list[list[int]]
    """Seven rows from Monday, 24 columns from midnight."""


class Acknowledged(Body):
    at: Instant
    by: str
    remark: str


class Odd(Body):
    """Something unusual in the log, by a rule of the settings."""

    id: str
    rule: str
    """`much-listening`, `at-night`, `same-caller`, `no-note`, `refused-in-a-row`, `direct-open`, `agreement-ending`,
    `sentry-gap`."""
    at: Instant
    """Of the newest entry that it rests on."""
    account: str | None = None
    uid: int | None = None
    target: str | None = None
    measured: dict[str, str | int] = Field(default_factory=dict)
    """What was counted and what is usual, as the rule's sentence names it."""
    query: str
    """The search that shows the entries."""
    acknowledged: Acknowledged | None = None


class Acknowledge(Asked):
    remark: str = Field(min_length=1, max_length=1000)
