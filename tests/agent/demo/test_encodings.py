from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from agent.demo import alaw
from agent.demo.dialogue import Scene, compose
from agent.demo.encodings import Encoding, encoded
from agent.wire import Direction

LEGS = compose(Scene("fi", "outage", Direction.IN, duration_s=12.0, seed=3))


@pytest.mark.parametrize(
    ("encoding", "subtype", "channels"),
    [(Encoding.ALAW_STEREO, "ALAW", 2), (Encoding.PCM_MIXED, "PCM_16", 1), (Encoding.GSM_MIXED, "GSM610", 1)],
)
def test_each_encoding_can_be_decoded_and_is_as_long_as_the_call(
    encoding: Encoding, subtype: str, channels: int
) -> None:
    file = soundfile.info(io.BytesIO(encoded(LEGS, encoding)))
    assert (file.subtype, file.channels, file.samplerate) == (subtype, channels, 8000)
    assert file.frames == len(LEGS.adviser)


def test_in_stereo_the_adviser_is_left_and_the_caller_right() -> None:
    heard, _ = soundfile.read(io.BytesIO(encoded(LEGS, Encoding.ALAW_STEREO)), dtype="int16")
    assert np.array_equal(heard[:, 0], alaw.decode(LEGS.adviser))
    assert np.array_equal(heard[:, 1], alaw.decode(LEGS.caller))


def test_a_mix_holds_both_sides() -> None:
    heard, _ = soundfile.read(io.BytesIO(encoded(LEGS, Encoding.PCM_MIXED)), dtype="int16")
    both = alaw.decode(LEGS.adviser).astype(np.int32) + alaw.decode(LEGS.caller)
    assert np.array_equal(heard, both)


def test_only_gsm_has_its_suffix_in_capitals() -> None:
    assert {encoding for encoding in Encoding if encoding.suffix == ".WAV"} == {Encoding.GSM_MIXED}
