"""Taking files in at once, as the intake does when they are complete."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.installation import Installation
from agent.intake import opened
from agent.intake.late import LateSidecars
from agent.intake.opened import open_in_spool, spool_of
from agent.intake.pipeline import Pipeline, Taken
from tests.agent.calls import put


def spool(house: Installation) -> Path:
    return house.settings.source[0].spool


@contextmanager
def unreadable(file: Path) -> Iterator[None]:
    """A disk on which the bytes of one file cannot be read."""
    inode, reading = file.stat().st_ino, opened._Reading.readinto

    def failing(self: opened._Reading, buffer: Any) -> int | None:
        if os.fstat(self.fileno()).st_ino == inode:
            raise opened.Unreadable(errno.EIO, os.strerror(errno.EIO))
        return reading(self, buffer)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(opened._Reading, "readinto", failing)
        yield


def take(house: Installation, name: str, content: bytes, pipeline: Pipeline | None = None) -> Taken:
    put(spool(house), name, content)
    source = house.settings.source[0]
    with spool_of(source) as spool_fd, open_in_spool(spool_fd, name) as found:
        return (pipeline or Pipeline(house)).take_in(source, spool_fd, found, name)


def take_late(house: Installation, name: str, content: bytes, pipeline: Pipeline | None = None) -> Taken | None:
    """A sidecar that comes after its recording."""
    put(spool(house), name, content)
    source = house.settings.source[0]
    pipeline = pipeline or Pipeline(house)
    late = LateSidecars(house, pipeline.leaving, pipeline.calls)
    with spool_of(source) as spool_fd, open_in_spool(spool_fd, name) as found:
        return late.take_in(source, spool_fd, found, name)
