"""A small installation that is made once and copied for every fault, and the files that its recorder left."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation, create, open_installation
from agent.intake.late import LateSidecars
from agent.intake.opened import open_in_spool
from agent.intake.pipeline import Pipeline, spool_of
from agent.settings import Settings, Source
from agent.settings.log import Log
from agent.wire import Outcome
from tests.agent.calls import put, sound

WITH_SIDECAR = "in-3201-0046701740605-20261123-140500-1795442700.1.wav"
FILES = {
    WITH_SIDECAR: sound(seed=1),
    "2026/11/23/out-0701740606-3202-20261123-140600-1795442760.2.WAV": sound(subtype="GSM610", channels=1, seed=2),
    "in-3202-unknown-20261123-140700-1795442820.3.wav": b"no recording at all",
}
"""What lies in the spool; the first one has a sidecar."""
SIDECAR = json.dumps({"adviser": "mikko.laine"}).encode()
SHA256S = sorted(hashlib.sha256(content).digest() for content in FILES.values())


Mode = Literal["sealed", "in-place"]


def settings_in(folder: Path, mode: Mode = "sealed") -> Settings:
    return Settings(
        state_dir=folder / "state",
        keys_dir=folder / "keys",
        socket=folder / "agent.sock",
        rescan_s=0.2,
        log=Log(reserve_mib=1),
        source=[Source(name="pbx", spool=folder / "spool", mode=mode, quiet_s=0.2, unfinished_s=1, settle_ms=10)],
    )


@dataclass(frozen=True)
class Template:
    """An installation that is closed."""

    folder: Path
    mode: Mode = "sealed"

    def copy(self, to: Path) -> Settings:
        shutil.copytree(self.folder, to)
        return settings_in(to, self.mode)


@contextmanager
def opened(settings: Settings) -> Iterator[Installation]:
    house = open_installation(settings)
    try:
        yield house
    finally:
        house.close()


def made(folder: Path) -> Template:
    """A new installation whose spool is full."""
    (folder / "spool").mkdir(parents=True)
    create(settings_in(folder)).close()
    for name, content in FILES.items():
        put(folder / "spool", name, content)
    put(folder / "spool", WITH_SIDECAR + ".json", SIDECAR)
    return Template(folder)


def made_empty(folder: Path, mode: Mode = "sealed") -> Template:
    """A new installation whose spool is empty."""
    (folder / "spool").mkdir(parents=True)
    create(settings_in(folder, mode)).close()
    return Template(folder, mode)


def made_with_one(folder: Path, mode: Mode = "sealed") -> Template:
    """An installation that has been started before, with one recording and its sidecar in the spool."""
    template = made_empty(folder, mode)
    with opened(settings_in(folder, mode)) as house:
        house.log.record(Draft(AGENT, "agent.start", Outcome.ALLOWED))
    put(folder / "spool", WITH_SIDECAR, FILES[WITH_SIDECAR])
    put(folder / "spool", WITH_SIDECAR + ".json", SIDECAR)
    return template


def take_in(house: Installation, pipeline: Pipeline) -> None:
    """Take in whatever of the files is still in the spool, as the agent does after a start."""
    pipeline.recover()
    take_in_what_lies(house, pipeline)


def take_in_what_lies(house: Installation, pipeline: Pipeline) -> None:
    """The same without what is done only once after a start."""
    source = house.settings.source[0]
    with spool_of(source) as spool_fd:
        for name in FILES:
            if not (source.spool / name).exists():
                continue
            with open_in_spool(spool_fd, name) as found:
                if not pipeline.is_taken_in(source, name, found.identity):
                    pipeline.take_in(source, spool_fd, found, name)


def take_in_sidecar_that_lies(house: Installation, pipeline: Pipeline) -> None:
    """Take in the sidecar as one that comes late, if it is still in the spool."""
    source = house.settings.source[0]
    name = WITH_SIDECAR + ".json"
    if (source.spool / name).exists():
        late = LateSidecars(house, pipeline.leaving, pipeline.calls)
        with spool_of(source) as spool_fd, open_in_spool(spool_fd, name) as found:
            late.take_in(source, spool_fd, found, name)
