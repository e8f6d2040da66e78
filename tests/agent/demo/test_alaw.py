from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from agent.demo import alaw
from agent.demo.wave_file import alaw_file

EVERY_BYTE = np.arange(256, dtype=np.uint8)


def test_every_byte_decodes_to_what_libsndfile_decodes_it_to() -> None:
    as_heard, _ = soundfile.read(io.BytesIO(alaw_file(EVERY_BYTE)), dtype="int16")
    assert np.array_equal(alaw.decode(EVERY_BYTE), as_heard)


def test_every_byte_survives_decoding_and_encoding() -> None:
    assert np.array_equal(alaw.encode(alaw.decode(EVERY_BYTE)), EVERY_BYTE)


def test_every_sample_is_encoded_to_the_nearest_level() -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    distance = np.abs(alaw.decode(alaw.encode(samples)).astype(np.int32) - samples)
    levels = np.sort(alaw.decode(EVERY_BYTE)).astype(np.int32)
    nearest = np.abs(levels[np.newaxis, :] - samples[::97, np.newaxis]).min(axis=1)
    assert np.array_equal(distance[::97], nearest)


def test_silence_is_the_quietest_byte() -> None:
    assert set(alaw.silence(3).tolist()) == {0xD5}
    assert abs(int(alaw.decode(alaw.silence(1))[0])) == np.abs(alaw.decode(EVERY_BYTE)).min()


@pytest.mark.parametrize("pitch", [0.84, 1.0, 1.16])
def test_a_tone_played_at_a_pitch_is_higher_and_shorter_by_that_much(pitch: float) -> None:
    seconds = np.arange(alaw.RATE_HZ) / alaw.RATE_HZ
    tone = alaw.encode((8000 * np.sin(2 * np.pi * 440 * seconds)).astype(np.int16))
    played = alaw.decode(alaw.at_pitch(tone, pitch))
    peak_hz = np.abs(np.fft.rfft(played)).argmax() * alaw.RATE_HZ / len(played)
    assert len(played) == round(alaw.RATE_HZ / pitch)
    assert peak_hz == pytest.approx(440 * pitch, abs=2)
