"""A-law and µ-law as tables of 256 values (ITU-T G.711, tables 1a and 2a).

A code has 8 bits: a sign, a segment of 3 bits, a step of 4. The values equal libsndfile's bit for bit.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FULL_SCALE = np.float32(1 << 15)

_CODES = np.arange(256, dtype=np.int32)


def _alaw() -> npt.NDArray[np.float32]:
    code = _CODES ^ 0x55
    segment, step = (code >> 4) & 7, code & 15
    linear = (step << 4) + 8
    lifted = (linear + 256) << np.maximum(segment - 1, 0)
    magnitude = np.where(segment == 0, linear, lifted)
    return _signed(magnitude, positive=(code & 0x80) != 0)


def _mulaw() -> npt.NDArray[np.float32]:
    code = ~_CODES & 0xFF
    segment, step = (code >> 4) & 7, code & 15
    bias = 0x84
    magnitude = (((step << 3) + bias) << segment) - bias
    return _signed(magnitude, positive=(code & 0x80) == 0)


def _signed(magnitude: npt.NDArray[np.int32], *, positive: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    return np.where(positive, magnitude, -magnitude).astype(np.float32) / FULL_SCALE


ALAW = _alaw()
MULAW = _mulaw()
