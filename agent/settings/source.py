"""Where recordings come from, and whose they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from agent.settings.part import Part


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError(f"{name!r} is no time zone; write one like Europe/Helsinki") from unknown
    return name


class Adviser(Part):
    extension: str
    """The internal number of the telephone."""
    name: str
    account: str | None = None
    """The personal user name of this adviser, for "own calls"; None when there is none yet."""
    service: str | None = None


class Source(Part):
    """A configured spool with its recorder's conventions."""

    name: str = Field(pattern=r"^[\w-]{1,40}$")
    spool: Path
    convention: Literal["freepbx", "plain"] = "freepbx"
    """`plain`: nothing is read from names; metadata comes from sidecars and the file's own time."""
    zone: Annotated[str, AfterValidator(_zone)] = "Europe/Helsinki"
    country: str = Field(default="FI", pattern=r"^[A-Z]{2}$")
    """ISO 3166 code, for numbers that are written without one."""
    watch: Literal["inotify", "polling"] = "inotify"
    """`polling` for network shares."""
    sidecar: dict[str, str] = Field(default_factory=dict)
    """Field of ours = path in the JSON sidecar, dots between names: `number = "caller.phone"`."""
    mode: Literal["sealed", "in-place"] = "sealed"
    """`sealed`: the file moves into the vault. `in-place`: the recorder needs it where it is; it is hashed, catalogued
    and watched."""
    legs: list[Literal["adviser", "caller"]] = Field(default_factory=list, max_length=4)
    """Whose each channel is, of recordings with so many channels: `["caller", "adviser"]` when the caller is left."""
    withheld: list[str] = Field(default_factory=list)
    """Words that stand for a secret number, beside the known ones."""
    settle_ms: int = Field(default=40, ge=0)
    """A closed file must not change for this long."""
    quiet_s: float = Field(default=2.0, ge=0.1)
    """A file whose closing was not seen must not change for this long."""
    unfinished_s: float = Field(default=60.0, ge=1)
    """A file whose header is not finished is taken in as interrupted after this long without a change."""
