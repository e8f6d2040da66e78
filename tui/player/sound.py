"""Decoded sound, as every part of the player hands it on.

It owns the shape only: 32-bit floats of full scale ±1, one row a frame, one column a channel.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Frames: TypeAlias = npt.NDArray[np.float32]
"""Shape (frames, channels), full scale ±1."""

EARS = 2
"""Channels that leave the player, whatever the recording has."""
