"""Who watches the files themselves: `[sentry]`.

[sentry]
answer_within_ms = 1000            # an open waits for its entry no longer than this
audit = false                      # the kernel's audit stream as a second witness

[[sentry.expected]]                # counted by the minute, not listed one by one; spools only
place = "spool:pbx"
exe = "/usr/sbin/asterisk"
user = "asterisk"

[[sentry.deny]]                    # refused
places = ["vault", "keys"]
user = "www-data"
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from agent.settings.part import Part

USER = r"^([a-z_][a-z0-9_-]{0,31}\$?|[0-9]{1,10})$"
PLACE = r"^(vault|keys|state|spool:[\w-]{1,40})$"


class _Opener(Part):
    exe: Path | None = None
    """The program's path; it is compared by device and inode."""
    user: str | None = Field(default=None, pattern=USER)
    """The OS user under whose rights it opens: a name or a number."""

    @model_validator(mode="after")
    def _is_somebody(self) -> _Opener:
        if self.exe is None and self.user is None:
            raise ValueError("say whose opens: exe, user or both")
        if self.exe is not None and not self.exe.is_absolute():
            raise ValueError("exe: write the whole path")
        return self


class Expected(_Opener):
    """Opens that belong to the work of a recorder."""

    place: str = Field(pattern=r"^spool:[\w-]{1,40}$")
    """Only ever a spool: nobody is expected in the vault, the register or the keys."""


class Denied(_Opener):
    places: list[Annotated[str, Field(pattern=PLACE)]] = Field(min_length=1)


class Sentry(Part):
    socket: Path | None = None
    """Where the agent listens for the sentry. None: `sentry` beside the agent's socket."""
    user: str = Field(default="earwitness-sentry", pattern=USER)
    """The OS user that the sentry runs under; root is let in too."""
    run_dir: Path = Path("/run/earwitness-sentry")
    """For its journal and run file: in memory, never on a file system that is watched."""
    answer_within_ms: int = Field(default=1000, ge=20, le=10_000)
    """How long an open waits for its entry; then it goes on and the entry says so."""
    audit: bool = False
    """Ask the kernel's audit stream as well; see docs/sentry.md for what else reads file names then."""
    last_resort: Literal["watchdog", "none"] = "watchdog"
    """What the agent does by itself while no sentry is there: opens in vault and keys, unattributed, or nothing."""
    expected: list[Expected] = Field(default_factory=list)
    deny: list[Denied] = Field(default_factory=list)
