"""What an installation is configured to do: one TOML file, checked whole before anything is opened.

It owns the names and defaults of the settings. Unknown keys are refused, with the nearest known one named.

    state_dir = "/var/lib/earwitness"          # database, sealed recordings, keys (unless keys_dir says otherwise)
    socket = "/run/earwitness/agent.sock"

    [[source]]
    name = "pbx"
    spool = "/var/spool/asterisk/monitor"
    convention = "freepbx"                     # how file names are read
    zone = "Europe/Helsinki"                   # the recorder's local time
    country = "FI"                             # for numbers written without a country

    [[adviser]]
    extension = "3201"
    name = "Anna Berg"
    account = "anna.berg"                      # whose own calls these are
    service = "Vatten"                         # what this extension serves, unless the queue says otherwise
    until = 2026-05-01                         # from when on it is hers no longer; `from` likewise

    [services]
    600 = "Vatten"                             # queue or called number = service
    601 = [{ service = "Avlopp", until = 2026-05-01 }, { service = "Avfall", from = 2026-05-01 }]

    [log]
    write_limit_s = 10                         # a request whose entry takes longer is refused
    reserve_mib = 8                            # kept free for refusals, should the disk be full
    heartbeat_minutes = 15

What each setting of a source means is told in `docs/sources.md`.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, Field, ValidationError, model_validator

from agent.errors import SettingsInvalid
from agent.settings.directory import Adviser, Directory, Served, Services
from agent.settings.forward import CheckpointSink, Destination, Forward
from agent.settings.log import Log
from agent.settings.odd import OddRules
from agent.settings.part import Part
from agent.settings.sentry import Sentry
from agent.settings.source import SidecarField, Source
from agent.settings.witness import WitnessSettings

__all__ = [
    "Adviser",
    "CheckpointSink",
    "Destination",
    "Directory",
    "Forward",
    "Log",
    "OddRules",
    "Part",
    "Sentry",
    "Served",
    "Settings",
    "SidecarField",
    "Source",
    "WitnessSettings",
    "load",
]

SOCKET_PATH_LIMIT = 107
"""Bytes of a Unix socket's path, unix(7): 108 with the closing zero."""


class Settings(Part):
    state_dir: Path
    keys_dir: Path | None = None
    """Where the keys lie; on another medium than `state_dir` if a stolen disk is to tell nothing. None: inside it."""
    socket: Path
    source: list[Source] = Field(default_factory=list)
    adviser: list[Adviser] = Field(default_factory=list)
    services: Services = Field(default_factory=dict)
    """Queue or called number = service."""
    log: Log = Field(default_factory=Log)
    witness: list[WitnessSettings] = Field(default_factory=list)
    checkpoint_sink: list[CheckpointSink] = Field(default_factory=list)
    forward: list[Forward] = Field(default_factory=list)
    sentry: Sentry = Field(default_factory=Sentry)
    """Who watches the files themselves."""
    rescan_s: float = Field(default=15.0, ge=0.2)
    """How often the spools are read through for what a wake-up missed."""
    session_hours: float = Field(default=10.0, gt=0, le=24)
    session_idle_minutes: float = Field(default=30.0, gt=0)
    lockout_failures: int = Field(default=5, ge=3, le=20)
    lockout_minutes: float = Field(default=15.0, ge=1)
    odd: OddRules = OddRules()
    socket_group: str | None = None
    """The OS group whose members may reach the socket; None: only the agent's own user and root."""

    @model_validator(mode="after")
    def _is_usable(self) -> Settings:
        if len(bytes(self.socket)) > SOCKET_PATH_LIMIT:
            raise ValueError(f"socket: the path is longer than {SOCKET_PATH_LIMIT} bytes")
        names = [source.name for source in self.source]
        if len(set(names)) != len(names):
            raise ValueError("source: two sources have the same name")
        outside: dict[str, Sequence[Destination | WitnessSettings]] = {
            "witness": self.witness,
            "checkpoint_sink": self.checkpoint_sink,
            "forward": self.forward,
        }
        for what, parts in outside.items():
            if len({part.name for part in parts}) != len(parts):
                raise ValueError(f"{what}: two of them have the same name")
        for source in self.source:
            if source.spool.resolve().is_relative_to(self.state_dir.resolve()):
                raise ValueError(f"source {source.name}: the spool must not lie inside state_dir")
        _ = self.directory  # it refuses what cannot be meant
        _require_sources(self.sentry, names)
        if len(bytes(self.sentry_socket)) > SOCKET_PATH_LIMIT:
            raise ValueError(f"sentry.socket: the path is longer than {SOCKET_PATH_LIMIT} bytes")
        return self

    @cached_property
    def directory(self) -> Directory:
        """The advisers and services of the whole installation."""
        return Directory(self.adviser, self.services)

    @property
    def sentry_socket(self) -> Path:
        return self.sentry.socket or self.socket.with_name("sentry")

    @property
    def keys(self) -> Path:
        return self.keys_dir or self.state_dir / "keys"


def _require_sources(sentry: Sentry, names: list[str]) -> None:
    places = [rule.place for rule in sentry.expected] + [place for rule in sentry.deny for place in rule.places]
    for place in places:
        kind, _, name = place.partition(":")
        if kind == "spool" and name not in names:
            raise ValueError(f"sentry: there is no source {name}")


def load(file: Path) -> Settings:
    """Read a configuration file.

    Raises:
        SettingsInvalid: it cannot be read, is not TOML, or holds something unknown or impossible.
    """
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsInvalid(file=str(file), what=str(error)) from error
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsInvalid(file=str(file), what="; ".join(map(_in_words, error.errors()))) from error


def _in_words(problem: Any) -> str:
    where = ".".join(str(step) for step in problem["loc"])
    if problem["type"] != "extra_forbidden":
        said = problem["msg"].removeprefix("Value error, ")
        return f"{where}: {said}".removeprefix(": ")
    nearest = difflib.get_close_matches(str(problem["loc"][-1]), _known_keys(), n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"{where}: there is no such setting{hint}"


def _known_keys() -> list[str]:
    parts: list[type[BaseModel]] = [Settings, *_parts(Settings)]
    return [field.alias or name for part in parts for name, field in part.model_fields.items()]


def _parts(part: type[BaseModel]) -> list[type[BaseModel]]:
    """The parts that a part is made of."""
    kinds = [kind for field in part.model_fields.values() for kind in _kinds(field.annotation)]
    return kinds + [inner for kind in kinds for inner in _parts(kind)]


def _kinds(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [kind for inner in get_args(annotation) for kind in _kinds(inner)]
