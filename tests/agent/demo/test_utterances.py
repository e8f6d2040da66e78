from __future__ import annotations

import numpy as np
import pytest

from agent.demo import alaw
from agent.demo.utterances import (
    ADVISER,
    SPEECH,
    Voice,
    caller_of,
    file_name,
    languages,
    topics,
    utterance,
    voices,
)

PACKAGED_BYTES = 1_500_000
EVERY_LINE = [(voice, line) for voice in voices() for line in voice.lines]


def test_there_is_a_file_for_every_line_and_none_besides() -> None:
    named = {file_name(voice.language, voice.name, line) for voice, line in EVERY_LINE}
    assert named == {path.name for path in SPEECH.glob("*.wav")}


def test_the_speech_stays_small_enough_to_be_packaged() -> None:
    assert sum(path.stat().st_size for path in SPEECH.iterdir()) <= PACKAGED_BYTES


def test_swedish_finnish_and_english_are_spoken() -> None:
    assert set(languages()) == {"sv", "fi", "en"}


@pytest.mark.parametrize("language", languages())
def test_every_question_has_its_answer_in_the_same_language(language: str) -> None:
    adviser = next(voice for voice in voices() if (voice.language, voice.name) == (language, ADVISER))
    answered = {line.removeprefix("answer_") for line in adviser.lines if line.startswith("answer_")}
    assert set(topics(language)) == answered
    assert all(topic in caller_of(language, topic).topics for topic in answered)


def test_all_callers_know_the_same_words_beside_their_questions() -> None:
    known = {
        frozenset(line for line in voice.lines if not line.startswith("question_"))
        for voice in voices()
        if voice.name != ADVISER
    }
    assert len(known) == 1


@pytest.mark.parametrize(("voice", "line"), EVERY_LINE, ids=lambda part: getattr(part, "language", part))
def test_an_utterance_is_about_as_loud_as_any_other_and_starts_and_ends_with_sound(voice: Voice, line: str) -> None:
    samples = alaw.decode(utterance(voice.language, voice.name, line)).astype(float) / 32768
    level_dbfs = 10 * np.log10(np.mean(samples**2))
    at_the_ends = round(0.03 * alaw.RATE_HZ)
    assert -28 < level_dbfs < -19
    audible = 0.01 * np.abs(samples).max()
    assert np.abs(samples[:at_the_ends]).max() > audible
    assert np.abs(samples[-at_the_ends:]).max() > audible


def test_an_utterance_is_shared_and_cannot_be_written_into() -> None:
    greeting = utterance("sv", ADVISER, "greeting")
    with pytest.raises(ValueError, match="read-only"):
        greeting[0] = 0
