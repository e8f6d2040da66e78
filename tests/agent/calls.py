"""Calls for tests: generated sound under a recorder's name, taken in through the real pipeline."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile

from agent.intake.opened import open_in_spool
from agent.intake.pipeline import spool_of
from agent.services.desk import Desk
from agent.settings import Source


def sound(
    seconds: float = 1.0, *, subtype: str = "ALAW", channels: int = 2, rate_hz: int = 8000, seed: int = 0
) -> bytes:
    """A WAV file of noise that fades, different for every seed."""
    frames = round(seconds * rate_hz)
    noise = np.random.default_rng(seed).uniform(-0.5, 0.5, (frames, channels))
    made = io.BytesIO()
    soundfile.write(made, noise * np.linspace(1, 0.1, frames)[:, None], rate_hz, subtype=subtype, format="WAV")
    return made.getvalue()


def put(spool: Path, name: str, content: bytes) -> Path:
    file = spool / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def call_file(desk: Desk, source: Source, name: str, *, content: bytes | None = None, seconds: float = 1.0) -> str:
    """Put a file into the spool and take it in at once; the id of its contact."""
    put(source.spool, name, sound(seconds) if content is None else content)
    with spool_of(source) as spool_fd, open_in_spool(spool_fd, name) as opened:
        taken = desk.pipeline.take_in(source, spool_fd, opened, name)
    assert taken.contact_id is not None
    return taken.contact_id
