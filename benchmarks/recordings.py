"""Recordings as recorders write them, made of noise that fades: bytes for measurements, not for ears."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import soundfile

from benchmarks.synthetic import NUMBERS

RATE_HZ = 8000
ZONE = ZoneInfo("Europe/Helsinki")


@dataclass(frozen=True, slots=True)
class Encoding:
    subtype: str
    channels: int
    suffix: str


ALAW_STEREO = Encoding("ALAW", 2, ".wav")
PCM16 = Encoding("PCM_16", 1, ".wav")
GSM = Encoding("GSM610", 1, ".WAV")


def recording(encoding: Encoding, duration_s: float, seed: int) -> bytes:
    """A complete WAV file, different for every seed."""
    frames = round(duration_s * RATE_HZ)
    second = np.random.default_rng(seed).normal(0, 0.1, (RATE_HZ, encoding.channels)).astype(np.float32)
    samples = np.resize(second, (frames, encoding.channels))
    file = io.BytesIO()
    soundfile.write(file, samples, RATE_HZ, subtype=encoding.subtype, format="WAV")
    return file.getvalue()


def freepbx_name(sequence: int, at: datetime, encoding: Encoding = ALAW_STEREO) -> str:
    """As FreePBX names an incoming call to an extension."""
    local, number = at.astimezone(ZONE), NUMBERS[sequence % len(NUMBERS)].replace("+", "00", 1)
    epoch_s = int(at.astimezone(UTC).timestamp())
    return f"in-3201-{number}-{local:%Y%m%d-%H%M%S}-{epoch_s}.{sequence}{encoding.suffix}"
