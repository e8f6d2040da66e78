from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.demo import alaw
from agent.demo.dialogue import Scene, compose
from agent.demo.utterances import languages, topics
from agent.wire import Direction

EVERY_SCENE = [
    Scene(language, topic, direction, duration_s=10.0, seed=7)
    for language in languages()
    for topic in topics(language)
    for direction in Direction
]
LONG = Scene("sv", "price", Direction.IN, duration_s=240.0, seed=11)


def speaking(leg: alaw.Bytes) -> np.ndarray:
    """Say for each twentieth of a second whether somebody speaks."""
    slot = alaw.RATE_HZ // 20
    whole = leg[: len(leg) // slot * slot].reshape(-1, slot)
    return np.asarray(np.abs(alaw.decode(whole).astype(np.int32)).max(axis=1) > 300)


def test_the_same_scene_gives_the_same_samples() -> None:
    once, again = compose(LONG), compose(LONG)
    assert np.array_equal(once.adviser, again.adviser)
    assert np.array_equal(once.caller, again.caller)


def test_another_seed_gives_another_call() -> None:
    assert not np.array_equal(compose(LONG).adviser, compose(dataclasses.replace(LONG, seed=12)).adviser)


@given(seed=st.integers(0, 2**32 - 1), duration_s=st.floats(10, 200))
@settings(max_examples=40, deadline=None)
def test_both_legs_are_as_long_as_planned(seed: int, duration_s: float) -> None:
    legs = compose(dataclasses.replace(LONG, seed=seed, duration_s=duration_s))
    assert len(legs.adviser) == len(legs.caller) == round(duration_s * alaw.RATE_HZ)


@pytest.mark.parametrize("scene", EVERY_SCENE, ids=lambda scene: f"{scene.language}-{scene.topic}-{scene.direction}")
def test_in_the_shortest_call_both_speak(scene: Scene) -> None:
    legs = compose(scene)
    assert speaking(legs.adviser).sum() > 40
    assert speaking(legs.caller).sum() > 10


@pytest.mark.parametrize("seed", range(10))
def test_they_take_turns_and_speak_at_once_only_now_and_then(seed: int) -> None:
    legs = compose(dataclasses.replace(LONG, seed=seed))
    adviser, caller = speaking(legs.adviser), speaking(legs.caller)
    at_once = (adviser & caller).sum() / (adviser | caller).sum()
    assert 0 < at_once < 0.1
    assert adviser.mean() > 0.15
    assert caller.mean() > 0.1


def test_a_long_call_has_a_hold() -> None:
    legs = compose(LONG)
    heard_at = np.flatnonzero(speaking(legs.adviser) | speaking(legs.caller))
    assert np.diff(heard_at).max() > 4 * 20


@pytest.mark.parametrize(("direction", "first"), [(Direction.IN, "adviser"), (Direction.OUT, "caller")])
def test_whoever_is_called_speaks_first(direction: Direction, first: str) -> None:
    legs = compose(dataclasses.replace(LONG, direction=direction))
    begins = {"adviser": speaking(legs.adviser).argmax(), "caller": speaking(legs.caller).argmax()}
    assert min(begins, key=lambda leg: begins[leg]) == first


@pytest.mark.parametrize("duration_s", [25.0, 60.0, 300.0])
def test_the_call_ends_soon_after_the_goodbyes(duration_s: float) -> None:
    legs = compose(dataclasses.replace(LONG, duration_s=duration_s))
    heard = speaking(legs.adviser) | speaking(legs.caller)
    assert heard[-30:].any()
