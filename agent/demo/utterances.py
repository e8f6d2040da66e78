"""The demo's utterances: what each voice can say, read once from the packaged files.

It owns the manifest's meaning and the naming of the files. It makes no sound, see `agent.demo.make_speech`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from agent.demo import alaw
from agent.demo.wave_file import samples_at

SPEECH = Path(__file__).parent / "speech"
ADVISER = "adviser"
"""The name of the voice that advises; every other voice calls."""


@dataclass(frozen=True)
class Voice:
    """One speaker of one language."""

    language: str
    name: str
    espeak: str
    words_per_minute: int
    pitch: int
    """0 to 99, as espeak-ng counts."""
    lines: Mapping[str, str]
    """What is said, by the name of the line."""

    @property
    def topics(self) -> tuple[str, ...]:
        """What this voice asks about."""
        return tuple(line.removeprefix("question_") for line in self.lines if line.startswith("question_"))


@cache
def voices() -> tuple[Voice, ...]:
    manifest = tomllib.loads((SPEECH / "manifest.toml").read_text("utf-8"))
    return tuple(
        Voice(language, name, said["voice"], said["words_per_minute"], said["pitch"], said["lines"])
        for language, speakers in manifest.items()
        for name, said in speakers.items()
    )


@cache
def languages() -> tuple[str, ...]:
    return tuple(dict.fromkeys(voice.language for voice in voices()))


def topics(language: str) -> tuple[str, ...]:
    return tuple(topic for voice in voices() if voice.language == language for topic in voice.topics)


def caller_of(language: str, topic: str) -> Voice:
    """Find the voice that calls about a topic of its language."""
    return next(voice for voice in voices() if voice.language == language and topic in voice.topics)


def file_name(language: str, voice: str, line: str) -> str:
    return f"{language}-{voice}-{line}.wav"


@lru_cache(maxsize=1024)
def utterance(language: str, voice: str, line: str, pitch: float = 1.0) -> alaw.Bytes:
    """Read one utterance, mono, at a pitch. The array is shared: do not write into it."""
    file = (SPEECH / file_name(language, voice, line)).read_bytes()
    start = samples_at(file)
    size_bytes = int.from_bytes(file[start - 4 : start], "little")
    samples = alaw.at_pitch(np.frombuffer(file, np.uint8, size_bytes, start), pitch)
    samples.setflags(write=False)
    return samples
