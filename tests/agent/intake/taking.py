"""Taking files in at once, as the intake does when they are complete."""

from __future__ import annotations

from pathlib import Path

from agent.installation import Installation
from agent.intake.late import LateSidecars
from agent.intake.opened import open_in_spool, spool_of
from agent.intake.pipeline import Pipeline, Taken
from tests.agent.calls import put


def spool(house: Installation) -> Path:
    return house.settings.source[0].spool


def take(house: Installation, name: str, content: bytes, pipeline: Pipeline | None = None) -> Taken:
    put(spool(house), name, content)
    source = house.settings.source[0]
    with spool_of(source) as spool_fd, open_in_spool(spool_fd, name) as opened:
        return (pipeline or Pipeline(house)).take_in(source, spool_fd, opened, name)


def take_late(house: Installation, name: str, content: bytes, pipeline: Pipeline | None = None) -> Taken | None:
    """A sidecar that comes after its recording."""
    put(spool(house), name, content)
    source = house.settings.source[0]
    pipeline = pipeline or Pipeline(house)
    late = LateSidecars(house, pipeline.leaving, pipeline.calls)
    with spool_of(source) as spool_fd, open_in_spool(spool_fd, name) as opened:
        return late.take_in(source, spool_fd, opened, name)
