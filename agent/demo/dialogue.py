"""A telephone call composed of utterances: who speaks when, on two legs, for as long as the plan says.

It owns turn-taking: pauses, a word while the other still speaks, holds, both goodbyes before the end. The
same scene gives the same samples. It knows neither files nor recorders.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agent.demo import alaw
from agent.demo.utterances import ADVISER, Voice, caller_of, utterance
from agent.wire import Direction

SHORT_CALL_S = 20.0
"""A call shorter than this ends without "anything else?"."""
HOLD_S = (4.0, 20.0)


@dataclass(frozen=True)
class Scene:
    """All that a dialogue depends on."""

    language: str
    topic: str
    direction: Direction
    duration_s: float
    seed: int
    adviser_pitch: float = 1.0
    caller_pitch: float = 1.0


class Legs(NamedTuple):
    """Both sides of a call, of equal length."""

    adviser: alaw.Bytes
    caller: alaw.Bytes


class Turn(NamedTuple):
    """One utterance and the silence before it; a negative pause talks into the end of the turn before."""

    speaker: str
    line: str
    pause_s: float


def compose(scene: Scene) -> Legs:
    """Play a scene. Both legs are exactly as long as it says; what does not fit is cut off by hanging up."""
    return _Play(scene).legs()


class _Play:
    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._lot = random.Random(scene.seed)
        self._caller: Voice = caller_of(scene.language, scene.topic)
        frames = round(scene.duration_s * alaw.RATE_HZ)
        self._legs = Legs(alaw.silence(frames), alaw.silence(frames))
        self._at = round(self._lot.uniform(0.2, 0.7) * alaw.RATE_HZ)

    def legs(self) -> Legs:
        closing = self._closing()
        last_breath = round(self._lot.uniform(0.1, 0.4) * alaw.RATE_HZ)
        closes_at = len(self._legs.adviser) - last_breath - self._frames(closing)
        self._say(self._opening())
        self._say_until(closes_at, self._identification())
        has_room = True
        while has_room:
            has_room = False
            for matter in self._matters():
                has_room |= self._say_until(closes_at, matter)
        self._at = max(self._at, closes_at)
        self._say(closing)
        return self._legs

    def _say_until(self, closes_at: int, turns: Sequence[Turn]) -> bool:
        """Say turns if they are over by then; tell whether they were said."""
        if self._at + self._frames(turns) > closes_at:
            return False
        self._say(turns)
        return True

    def _opening(self) -> list[Turn]:
        about = self._scene.topic
        if self._scene.direction is Direction.OUT:
            return [
                self._caller_says("hello", after_s=(0.0, 0.4)),
                self._adviser_says("calling"),
                self._caller_says("listening"),
                self._adviser_says(f"answer_{about}"),
            ]
        return [
            self._adviser_says("greeting", after_s=(0.0, 0.3)),
            self._caller_says(f"question_{about}"),
            self._adviser_says(f"answer_{about}", after_s=(0.4, 1.2)),
        ]

    def _identification(self) -> list[Turn]:
        digits = [line for line in self._caller.lines if line.startswith("digits_")]
        return [
            self._adviser_says("ask_name"),
            self._caller_says("name"),
            self._adviser_says("ask_number"),
            *(self._caller_says(self._lot.choice(digits), after_s=(0.2, 0.5)) for _ in range(3)),
            self._adviser_says("found", after_s=(0.8, 2.5)),
        ]

    def _matters(self) -> list[list[Turn]]:
        """Deal out what a call goes on with, in an order of its own each time round."""
        other = self._lot.choice(self._caller.topics)
        matters = [
            [self._caller_says("when"), self._adviser_says("soon"), self._caller_says("okay")],
            [self._caller_says("cost"), self._adviser_says("free"), self._caller_says("okay")],
            [self._adviser_says("noted", after_s=(1.5, 5.0)), self._caller_says("yes")],
            [
                self._adviser_says("moment"),
                self._caller_says("okay"),
                self._adviser_says("waited", after_s=HOLD_S),
                self._caller_says("listening"),
            ],
            [
                self._adviser_says("anything_else"),
                self._caller_says(f"question_{other}"),
                self._adviser_says(f"answer_{other}", after_s=(0.5, 2.0)),
                self._caller_says("okay"),
            ],
        ]
        self._lot.shuffle(matters)
        return matters

    def _closing(self) -> list[Turn]:
        goodbyes = [self._adviser_says("goodbye"), self._caller_says("goodbye", after_s=(-0.2, 0.3))]
        if self._scene.duration_s < SHORT_CALL_S:
            return goodbyes
        return [self._adviser_says("anything_else"), self._caller_says("nothing_else"), *goodbyes]

    def _adviser_says(self, line: str, after_s: tuple[float, float] = (0.15, 0.7)) -> Turn:
        return Turn(ADVISER, line, self._pause_s(after_s))

    def _caller_says(self, line: str, after_s: tuple[float, float] = (0.15, 0.9)) -> Turn:
        return Turn(self._caller.name, line, self._pause_s(after_s))

    def _pause_s(self, between_s: tuple[float, float]) -> float:
        shortest_s, longest_s = between_s
        interrupts = 0 < shortest_s < 0.2 and self._lot.random() < 0.08
        return -self._lot.uniform(0.1, 0.35) if interrupts else self._lot.uniform(shortest_s, longest_s)

    def _say(self, turns: Sequence[Turn]) -> None:
        before: Turn | None = None
        for turn in turns:
            samples = self._samples(turn.speaker, turn.line)
            pause_s = turn.pause_s if before and before.speaker != turn.speaker else abs(turn.pause_s)
            start = max(self._at + round(pause_s * alaw.RATE_HZ), 0)
            self._place(turn.speaker, samples, start)
            self._at = start + len(samples)
            if len(samples) > 1.6 * alaw.RATE_HZ and self._lot.random() < 0.4:
                listener = self._caller.name if turn.speaker == ADVISER else ADVISER
                word = self._samples(listener, "listening")
                self._place(listener, word, start + round(len(samples) * self._lot.uniform(0.4, 0.6)))
            before = turn

    def _place(self, speaker: str, samples: alaw.Bytes, start: int) -> None:
        leg = self._legs.adviser if speaker == ADVISER else self._legs.caller
        heard = samples[: max(len(leg) - start, 0)]
        leg[start : start + len(heard)] = heard

    def _samples(self, speaker: str, line: str) -> alaw.Bytes:
        pitch = self._scene.adviser_pitch if speaker == ADVISER else self._scene.caller_pitch
        return utterance(self._scene.language, speaker, line, pitch)

    def _frames(self, turns: Sequence[Turn]) -> int:
        """Say how long turns last at most."""
        speech = sum(len(self._samples(turn.speaker, turn.line)) for turn in turns)
        pauses = sum(round(abs(turn.pause_s) * alaw.RATE_HZ) for turn in turns)
        return speech + pauses
