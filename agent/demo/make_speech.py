"""Render the demo's speech with espeak-ng: `python -m agent.demo.make_speech`, when the manifest has changed.

It owns how the utterances sound: telephone band, no silence around them, one level for all voices. What is
said stands in `speech/manifest.toml`; the result is kept with the sources: nobody else needs espeak-ng.
"""

from __future__ import annotations

import io
import subprocess

import click
import numpy as np
import soundfile
from numpy.typing import NDArray

from agent.demo import alaw
from agent.demo.utterances import SPEECH, Voice, file_name, voices
from agent.demo.wave_file import alaw_file

Speech = NDArray[np.float64]
"""Samples of one utterance, full scale 1."""

LEVEL_DBFS = -20.0
"""Root mean square of an utterance without its pauses."""
PEAK = 0.9
BAND_HZ = (180.0, 3500.0)
"""What a telephone line lets through."""
AUDIBLE_DB = -34.0
"""Below this, as compared with its loudest sample, an utterance has not begun or is over."""
FADE_S = 0.006
BREATH_S = 0.11
"""Longest pause within an utterance."""


def spoken(text: str, voice: Voice) -> tuple[Speech, int]:
    """Ask espeak-ng for an utterance, with room for the filter around it; with it comes its rate in Hz."""
    command = ["espeak-ng", "-v", voice.espeak, "-s", str(voice.words_per_minute), "-p", str(voice.pitch)]
    wave = subprocess.run([*command, "--stdout", text], check=True, capture_output=True).stdout
    samples, rate_hz = soundfile.read(io.BytesIO(wave))
    return np.pad(np.asarray(samples, np.float64), rate_hz // 10), rate_hz


def in_telephone_band(speech: Speech, rate_hz: int) -> Speech:
    """Bring speech to 8 kHz by its spectrum, cutting off what a line does not carry."""
    frames = round(len(speech) * alaw.RATE_HZ / rate_hz)
    spectrum = np.fft.rfft(speech)[: frames // 2 + 1]
    at_hz = np.arange(len(spectrum)) * rate_hz / len(speech)
    low_hz, high_hz = BAND_HZ
    slope_hz = 80.0
    spectrum *= np.clip((at_hz - low_hz) / slope_hz + 1, 0, 1) * np.clip((high_hz - at_hz) / slope_hz + 1, 0, 1)
    return np.fft.irfft(spectrum, frames) * frames / len(speech)


def trimmed(speech: Speech) -> Speech:
    """Leave out the silence around an utterance, and of the silence within it all but a breath."""
    audible = np.abs(speech) > np.abs(speech).max() * 10 ** (AUDIBLE_DB / 20)
    position = np.arange(len(speech))
    last_audible = np.maximum.accumulate(np.where(audible, position, 0))
    within_breath = position - last_audible < BREATH_S * alaw.RATE_HZ
    margin = round(FADE_S * alaw.RATE_HZ)
    part = slice(max(int(audible.argmax()) - margin, 0), int(last_audible[-1]) + margin)
    return speech[part][within_breath[part]]


def levelled(speech: Speech) -> Speech:
    """Bring the voiced part to the common level, short of clipping, and fade both ends."""
    loud = np.abs(speech) > np.abs(speech).max() * 0.05
    gain = 10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(speech[loud] ** 2))
    speech = speech * min(gain, PEAK / np.abs(speech).max())
    fade = np.linspace(0, 1, round(FADE_S * alaw.RATE_HZ))
    speech[: len(fade)] *= fade
    speech[-len(fade) :] *= fade[::-1]
    return speech


def render(text: str, voice: Voice) -> bytes:
    speech = levelled(trimmed(in_telephone_band(*spoken(text, voice))))
    return alaw_file(alaw.encode((speech * 32767).astype(np.int16)))


@click.command()
def main() -> None:
    """Render every line of the manifest anew and remove what it no longer names."""
    written = {}
    for voice in voices():
        for line, text in voice.lines.items():
            written[file_name(voice.language, voice.name, line)] = render(text, voice)
    for old in SPEECH.glob("*.wav"):
        old.unlink()
    for name, file in written.items():
        (SPEECH / name).write_bytes(file)
    total_bytes = sum(map(len, written.values()))
    click.echo(f"{len(written)} utterances, {total_bytes / alaw.RATE_HZ:.0f} s, {total_bytes:,} bytes")


if __name__ == "__main__":
    main()
