"""Where recordings come from: a watched folder, and what its recorder is known to write."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from agent.settings.directory import Adviser, Directory, Services
from agent.settings.name_pattern import NamePattern
from agent.settings.office_hours import OfficeHours
from agent.settings.part import Part

Convention = Literal[
    "freepbx",
    "issabel",
    "freeswitch",
    "vicidial",
    "oreka",
    "rtpengine",
    "wazo",
    "3cx",
    "puzzel",
    "encoded",
    "pattern",
    "plain",
]
"""How file names are read. `pattern`: by the source's own `name_pattern`. `plain`: nothing is read from names."""

SidecarMap = Literal["own", "puzzel", "genesys", "webex", "sinch", "bcr"]
"""Whose sidecars these are: where each field stands in them. `own`: under our names."""

SidecarField = Literal[
    "started_at",
    "number",
    "caller",
    "called",
    "direction",
    "adviser",
    "extension",
    "service",
    "queue",
    "queue_name",
    "call_id",
    "channel1",
    "channel2",
]
"""What a sidecar can say; `agent.intake.metadata.statement` tells what each of these means."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError(f"{name!r} is no time zone; write one like Europe/Helsinki") from unknown
    return name


class Source(Part):
    """A configured spool with its recorder's conventions."""

    name: str = Field(pattern=r"^[\w-]{1,40}$")
    spool: Path
    convention: Convention = "freepbx"
    name_pattern: str | None = None
    """The site's own template, see `agent.settings.name_pattern`; with `pattern` and, where its file names are set
    otherwise than by default, with `oreka`."""
    mode: Literal["sealed", "in-place"] = "sealed"
    """`sealed`: the file moves into the vault. `in-place`: the recorder needs it where it is; it is hashed, catalogued
    and watched, and it is not sealed."""
    zone: Annotated[str, AfterValidator(_zone)] = "Europe/Helsinki"
    country: str = Field(default="FI", pattern=r"^[A-Z]{2}$")
    """ISO 3166 code, for numbers that are written without one."""
    adviser: list[Adviser] = Field(default_factory=list)
    """Whose telephones these are at this source; they go before those of the whole installation."""
    services: Services = Field(default_factory=dict)
    """Queue or called number = service at this source; they go before those of the whole installation."""
    watch: Literal["inotify", "polling"] = "inotify"
    """`polling` for network shares."""
    legs: list[Literal["adviser", "caller"]] = Field(default_factory=list, max_length=4)
    """Whose each channel is, of recordings with so many channels: `["caller", "adviser"]` when the caller is left."""
    sidecar_map: SidecarMap | None = None
    """None: `puzzel` with that convention, else `own`."""
    sidecar: dict[SidecarField, str] = Field(default_factory=dict)
    """Field of ours = place in the sidecar, before that of the map; dots between names: `number = "caller.phone"`."""
    call_records: Path | None = None
    """Asterisk's `Master.csv`: calls without a recording, and recordings without a call, are found with it."""
    directions: dict[str, Literal["in", "out"]] = Field(default_factory=dict)
    """The recorder's words for a direction, beside the known ones: `inkommande = "in"`."""
    withheld: list[str] = Field(default_factory=list)
    """Words that stand for a secret number, beside the known ones."""
    missing: list[str] = Field(default_factory=list)
    """Words that stand for something the recorder did not know, in a name by template."""
    office_hours: str = "mon-fri 08:00-16:00"
    """When it records, in its own zone; see `agent.settings.office_hours`."""
    silent_after_h: float | None = Field(default=None, gt=0, le=100)
    """So many hours of that time without a file are an alarm; None: there is none."""
    settle_ms: int = Field(default=40, ge=0)
    """A closed file must not change for this long."""
    quiet_s: float = Field(default=2.0, ge=0.1)
    """A file whose closing was not seen must not change for this long."""
    unfinished_s: float = Field(default=60.0, ge=1)
    """A file whose header is not finished is taken in as interrupted after this long without a change."""

    @model_validator(mode="after")
    def _is_meant(self) -> Source:
        if self.convention == "pattern" and self.name_pattern is None:
            raise ValueError("convention pattern: name_pattern says how")
        if self.name_pattern is not None and self.convention not in ("pattern", "oreka"):
            raise ValueError(f"name_pattern: convention {self.convention} has its own; choose pattern")
        _ = self.pattern, self.directory, self.hours  # they refuse what cannot be meant
        return self

    @cached_property
    def hours(self) -> OfficeHours:
        return OfficeHours.read(self.office_hours)

    @cached_property
    def pattern(self) -> NamePattern | None:
        return None if self.name_pattern is None else NamePattern(self.name_pattern)

    @cached_property
    def directory(self) -> Directory:
        """This source's own advisers and services."""
        return Directory(self.adviser, self.services)

    @property
    def sidecar_of(self) -> SidecarMap:
        return self.sidecar_map or ("puzzel" if self.convention == "puzzel" else "own")
