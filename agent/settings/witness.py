"""Who keeps the heads of the log outside and cosigns them (C2SP tlog-witness).

[[witness]]
name = "other-host"
vkey = "witness.example/w1+e75f6532+BAOhB7…"     # as earwitness-witness init prints it
command = ["ssh", "-T", "witness@other", "earwitness-witness", "answer"]
# or socket = "/run/earwitness-witness/socket", or url = "https://witness.example/"
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from agent.settings.part import Part


class WitnessSettings(Part):
    name: str = Field(pattern=r"^[\w./-]{1,80}$")
    """What it is called here, in `status` and in the log."""
    vkey: str = Field(pattern=r"^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$")
    """Its verifier key; a cosignature by another is none."""
    command: list[str] = Field(default_factory=list)
    """Answers one HTTP request on its standard input, on its standard output."""
    socket: Path | None = None
    url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+(/[^\s?#]*)?$")
    """The submission prefix."""
    timeout_s: float = Field(default=20.0, gt=0, le=600)
    interval_s: float = Field(default=10.0, ge=0.01, le=86_400)
    """At most one head in this time."""

    @model_validator(mode="after")
    def _has_one_way(self) -> WitnessSettings:
        if sum(map(bool, (self.command, self.socket, self.url))) != 1:
            raise ValueError(f"{self.name}: a witness has one of command, socket and url")
        return self
