from __future__ import annotations

import numpy as np
import pytest

from tui.player.legs import LEFT, RIGHT, Legs, are_apart, sides_of, to_ears

STEREO = np.array([[0.1, 0.2], [0.3, 0.4]], np.float32)


ADVISER_LEFT, CALLER_LEFT = ("adviser", "caller"), ("caller", "adviser")


@pytest.mark.parametrize(
    ("legs", "sides", "channel"),
    [
        (Legs.ADVISER, ADVISER_LEFT, LEFT),
        (Legs.CALLER, ADVISER_LEFT, RIGHT),
        (Legs.ADVISER, CALLER_LEFT, RIGHT),
        (Legs.CALLER, CALLER_LEFT, LEFT),
        (Legs.ADVISER, (), LEFT),
        (Legs.CALLER, (), RIGHT),
    ],
)
def test_one_leg_is_heard_in_both_ears(legs, sides, channel):
    ears = to_ears(STEREO, legs, sides)
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


def test_whose_channels_are_is_not_guessed_from_half_of_it():
    assert sides_of(["caller", "adviser"]) == ("caller", "adviser")
    for stated in ([], ["caller"], ["caller", "caller"], ["caller", "adviser", "adviser"], ["agent", "caller"]):
        assert sides_of(stated) == ()
