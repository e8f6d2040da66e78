"""The encodings that recorders keep calls in, as complete files in memory.

Most keep A-law with a leg a channel; Asterisk mixes both legs and writes PCM16 (`.wav`) or GSM 6.10 (`.WAV`).
"""

from __future__ import annotations

import io
from enum import StrEnum

import numpy as np
import soundfile

from agent.demo import alaw
from agent.demo.dialogue import Legs
from agent.demo.wave_file import alaw_file


class Encoding(StrEnum):
    ALAW_STEREO = "alaw"
    PCM_MIXED = "pcm"
    GSM_MIXED = "gsm610"

    @property
    def suffix(self) -> str:
        return ".WAV" if self is Encoding.GSM_MIXED else ".wav"


_SUBTYPES = {Encoding.PCM_MIXED: "PCM_16", Encoding.GSM_MIXED: "GSM610"}


def encoded(legs: Legs, encoding: Encoding) -> bytes:
    """Make a complete file; A-law has the adviser left and the caller right."""
    if encoding is Encoding.ALAW_STEREO:
        return alaw_file(legs.adviser, legs.caller)
    mixed = alaw.decode(legs.adviser).astype(np.int32) + alaw.decode(legs.caller)
    file = io.BytesIO()
    samples = np.clip(mixed, -32768, 32767).astype(np.int16)
    soundfile.write(file, samples, alaw.RATE_HZ, format="WAV", subtype=_SUBTYPES[encoding])
    return file.getvalue()
