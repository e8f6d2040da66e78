"""The two sides of a recorded call, and how they reach two ears.

It owns which channel is whose: with two channels the adviser is left and the caller right, which is also the
order of `wire.Waveform.peaks`. With one channel, or more than two, nobody can tell the sides apart and
everything is mixed to both ears.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from tui.player.sound import EARS, Frames

ADVISER_CHANNEL = 0
CALLER_CHANNEL = 1


class Legs(StrEnum):
    """What is heard of a recording with two channels."""

    BOTH = "both"
    ADVISER = "adviser"
    CALLER = "caller"

    @property
    def following(self) -> Legs:
        """The next one, round and round."""
        every = list(Legs)
        return every[(every.index(self) + 1) % len(every)]


def are_apart(channels: int) -> bool:
    """Whether adviser and caller can be heard each alone."""
    return channels == EARS


def to_ears(frames: Frames, legs: Legs) -> Frames:
    """Lay frames of any number of channels onto two ears, shape (n, 2).

    One leg goes to both ears, and so does what cannot be told apart.
    """
    if not are_apart(frames.shape[1]):
        heard = frames.mean(axis=1, keepdims=True)
    elif legs is Legs.BOTH:
        return np.ascontiguousarray(frames)
    else:
        channel = ADVISER_CHANNEL if legs is Legs.ADVISER else CALLER_CHANNEL
        heard = frames[:, channel : channel + 1]
    return np.repeat(heard, EARS, axis=1)
