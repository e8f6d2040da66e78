"""How the access log is kept, and how long what stands beside it."""

from __future__ import annotations

from pydantic import Field

from agent.settings.part import Part


class Log(Part):
    words_days: int = Field(default=365, ge=0, le=3650)
    """How long the words of a search and the command lines of direct opens are kept beside the log; afterwards only
    their digest is left. 0: not at all."""
    write_limit_s: float = Field(default=10.0, gt=0, le=300)
    """How long an entry may take to become durable before the request is refused."""
    reserve_mib: int = Field(default=8, ge=1, le=1024)
    """Space that is kept free for refusals, should the disk be full."""
    heartbeat_minutes: float = Field(default=15.0, gt=0, le=1440)
    """How often the log says that it is there, so that silence and deletion differ."""
