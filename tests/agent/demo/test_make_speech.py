from __future__ import annotations

import numpy as np
import pytest

from agent.demo import alaw
from agent.demo.make_speech import BREATH_S, in_telephone_band, levelled, trimmed


def tone(at_hz: float, duration_s: float, rate_hz: int = alaw.RATE_HZ) -> np.ndarray:
    return np.asarray(0.5 * np.sin(2 * np.pi * at_hz * np.arange(round(duration_s * rate_hz)) / rate_hz))


def loudness(speech: np.ndarray) -> float:
    return float(np.sqrt(np.mean(speech**2)))


def test_what_a_telephone_line_carries_is_kept_and_the_rest_cut_off() -> None:
    carried = in_telephone_band(tone(1000, 1, 22050), 22050)
    assert len(carried) == alaw.RATE_HZ
    assert loudness(carried) == pytest.approx(loudness(tone(1000, 1)), rel=0.01)
    assert loudness(in_telephone_band(tone(6000, 1, 22050), 22050)) < 0.001
    assert loudness(in_telephone_band(tone(50, 1, 22050), 22050)) < 0.001


def test_silence_around_is_trimmed_and_within_shortened_to_a_breath() -> None:
    pause = np.zeros(alaw.RATE_HZ)
    speech = np.concatenate([pause, tone(400, 0.5), pause, tone(400, 0.5), pause])
    assert len(trimmed(speech)) / alaw.RATE_HZ == pytest.approx(1 + BREATH_S, abs=0.02)


@pytest.mark.parametrize("gain", [0.02, 1.9])
def test_quiet_and_loud_speech_come_to_one_level(gain: float) -> None:
    assert 20 * np.log10(loudness(levelled(gain * tone(437, 1)))) == pytest.approx(-20, abs=0.3)
