"""The two sides of a recorded call, and how they reach two ears.

It owns which channel is whose: what the recording says (`wire.Recording.legs`), and no guess. Where two channels say
nothing, they are called left and right, and stand where adviser and caller would. With one channel, or more than two,
nobody can tell the sides apart and everything is mixed to both ears.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from tui.player.sound import EARS, Frames

Sides = tuple[str, ...]
"""Whose the two channels are, `("adviser", "caller")` or the other way round; empty when nothing says."""
LEFT, RIGHT = 0, 1


class Legs(StrEnum):
    """What is heard of a recording with two channels."""

    BOTH = "both"
    ADVISER = "adviser"
    """The left channel, when nothing says whose it is."""
    CALLER = "caller"
    """The right channel, when nothing says whose it is."""

    @property
    def following(self) -> Legs:
        """The next one, round and round."""
        every = list(Legs)
        return every[(every.index(self) + 1) % len(every)]


def are_apart(channels: int) -> bool:
    """Whether two sides can be heard each alone."""
    return channels == EARS


def sides_of(stated: Sequence[str]) -> Sides:
    """Whose the two channels of a recording are; empty when it does not say so of both."""
    return tuple(stated) if sorted(stated) == ["adviser", "caller"] else ()


def channel_of(leg: Legs, sides: Sides) -> int:
    """Which of two channels a leg is."""
    return sides.index(leg.value) if sides else (LEFT if leg is Legs.ADVISER else RIGHT)


def to_ears(frames: Frames, legs: Legs, sides: Sides = ()) -> Frames:
    """Lay frames of any number of channels onto two ears, shape (n, 2).

    One leg goes to both ears, and so does what cannot be told apart.
    """
    if not are_apart(frames.shape[1]):
        heard = frames.mean(axis=1, keepdims=True)
    elif legs is Legs.BOTH:
        return np.ascontiguousarray(frames)
    else:
        channel = channel_of(legs, sides)
        heard = frames[:, channel : channel + 1]
    return np.repeat(heard, EARS, axis=1)
