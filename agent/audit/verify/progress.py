"""How far a check has come."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Told what is being checked, how many are done, and of how many."""


def silent(what: str, done: int, total: int) -> None:
    pass
