"""Where the log and its checkpoints also go, so that nobody on this server can take them back.

[[checkpoint_sink]]
name = "other-host"
kind = "syslog"                            # or "journal", "file", "command"
address = "tcp:203.0.113.7:601"            # "unix:/dev/log", "udp:HOST:PORT", "tcp:HOST:PORT"

[[forward]]                                # every entry, one JSON line each
name = "siem"
kind = "command"
command = ["ssh", "-T", "log@other", "cat >> earwitness.log"]
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from agent.settings.part import Part

_ADDRESS = r"^(unix:/.+|(udp|tcp):(\[[0-9a-fA-F:.]+\]|[^\s:\[\]]+):\d{1,5})$"
JOURNAL_SOCKET = Path("/run/systemd/journal/socket")


class Destination(Part):
    name: str = Field(pattern=r"^[\w.-]{1,40}$")
    kind: Literal["syslog", "journal", "file", "command"]
    address: str = Field(default="unix:/dev/log", pattern=_ADDRESS)
    """Of `syslog`, RFC 5424: a datagram socket, UDP, or TCP with octets counted (RFC 6587)."""
    file: Path | None = None
    """Of `file`: appended to, never cut. Of `journal`: another socket than journald's."""
    command: list[str] = Field(default_factory=list)
    """Of `command`: program and arguments, no shell."""
    timeout_s: float = Field(default=10.0, gt=0, le=600)
    """How long it may take without getting on."""
    interval_s: float = Field(default=1.0, ge=0.01, le=3600)
    """At most one delivery in this time; what comes meanwhile goes together."""

    @model_validator(mode="after")
    def _is_whole(self) -> Destination:
        if self.kind == "file" and self.file is None:
            raise ValueError(f"{self.name}: kind file needs file")
        if (self.kind == "command") != bool(self.command):
            raise ValueError(f"{self.name}: command belongs to kind command, and only there")
        return self


class CheckpointSink(Destination):
    """Gets the newest checkpoint after what was written has become durable. `command` is run once for each."""


class Forward(Destination):
    """Gets every entry, at least once, in order. `command` is kept running and reads lines."""

    since: Literal["first", "next"] = "first"
    """Where a destination begins that was never delivered to: at the first entry, or at the next one to be written."""
