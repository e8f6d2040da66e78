from __future__ import annotations

import numpy as np
import pytest

from tui.player.legs import ADVISER_CHANNEL, CALLER_CHANNEL, Legs, are_apart, to_ears

STEREO = np.array([[0.1, 0.2], [0.3, 0.4]], np.float32)


@pytest.mark.parametrize(("legs", "channel"), [(Legs.ADVISER, ADVISER_CHANNEL), (Legs.CALLER, CALLER_CHANNEL)])
def test_one_leg_is_heard_in_both_ears(legs, channel):
    ears = to_ears(STEREO, legs)
    assert np.array_equal(ears[:, 0], STEREO[:, channel])
    assert np.array_equal(ears[:, 1], STEREO[:, channel])


def test_both_legs_keep_their_sides():
    assert np.array_equal(to_ears(STEREO, Legs.BOTH), STEREO)


@pytest.mark.parametrize("legs", list(Legs))
def test_one_channel_is_heard_in_both_ears(legs):
    assert np.array_equal(to_ears(STEREO[:, :1], legs), STEREO[:, [0, 0]])


def test_four_channels_are_mixed():
    four = np.array([[0.0, 0.4, 0.0, 0.0]], np.float32)
    assert to_ears(four, Legs.CALLER).tolist() == [[np.float32(0.1)] * 2]


def test_only_two_channels_are_two_sides():
    assert [are_apart(channels) for channels in (1, 2, 4)] == [False, True, False]
