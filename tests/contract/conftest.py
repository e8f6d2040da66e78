"""The same installation for every test as the agent's own tests have."""

from __future__ import annotations

from tests.agent.conftest import clock, desk, house, people, settings, take_in

__all__ = ["clock", "desk", "house", "people", "settings", "take_in"]
