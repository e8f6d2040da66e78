"""What stands beside the access log, and how long."""

from __future__ import annotations

from pydantic import Field

from agent.settings.part import Part


class Log(Part):
    words_days: int = Field(default=365, ge=0, le=3650)
    """How long the words of a search are kept beside the log; afterwards only their digest is left. 0: not at all."""
