"""A-law as ITU-T G.711 defines it: one byte a sample, 13 bits of range, what European telephony speaks.

It owns the two tables and the arithmetic between them. It knows no files and no calls.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
"""A-law samples."""
Samples = NDArray[np.int16]
"""Linear samples at 16 bits."""

RATE_HZ = 8000
SILENCE = 0xD5
"""The byte of the smallest positive value."""


def _decode_table() -> Samples:
    """Every byte's linear value (G.711, table 1a: the even bits travel inverted)."""
    byte = np.arange(256, dtype=np.int32) ^ 0x55
    exponent = (byte >> 4) & 0x07
    step = ((byte & 0x0F) << 4) + 8
    magnitude = np.where(exponent == 0, step, (step + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(byte & 0x80, magnitude, -magnitude).astype(np.int16)


def _encode_table(decoded: Samples) -> Bytes:
    """The nearest byte for every 16-bit value, indexed by the value plus 32768."""
    ascending = np.argsort(decoded)
    levels = decoded[ascending].astype(np.int32)
    borders = (levels[:-1] + levels[1:] + 1) // 2
    nearest = np.searchsorted(borders, np.arange(-32768, 32768), side="right")
    return ascending[nearest].astype(np.uint8)


_LINEAR = _decode_table()
_ALAW = _encode_table(_LINEAR)


def decode(alaw: Bytes) -> Samples:
    return _LINEAR[alaw]


def encode(samples: Samples) -> Bytes:
    return _ALAW[samples.astype(np.int32) + 32768]


def silence(frames: int) -> Bytes:
    return np.full(frames, SILENCE, np.uint8)


def at_pitch(alaw: Bytes, pitch: float) -> Bytes:
    """Play faster and higher (pitch above 1) or slower and lower: one voice serves for several people."""
    frames = round(len(alaw) / pitch)
    if frames == len(alaw):
        return alaw
    positions = np.linspace(0, len(alaw) - 1, frames)
    return encode(np.interp(positions, np.arange(len(alaw)), decode(alaw)).astype(np.int16))
