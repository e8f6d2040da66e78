"""Why nothing is taken in for a while: a disk is full, read-only or failing, or the register cannot be written."""

from __future__ import annotations

import logging

from agent.vault.keys import SealBroken
from db.engine import RegisterError

journal = logging.getLogger("earwitness.intake")


class Pause:
    """For any thread of the intake."""

    def __init__(self) -> None:
        self.reason: str | None = None
        """In English, until something was taken in; None when all is well."""
        self.is_held = False
        """Nothing is tried until the next rescan."""

    def begin(self, error: Exception) -> None:
        """Say why nothing is taken in; of an error that nobody expected only its kind, it may hold a name."""
        is_known = isinstance(error, RegisterError | SealBroken)
        reason = error.strerror if isinstance(error, OSError) else str(error) if is_known else None
        if self.reason is None:
            journal.error("intake pauses: %s", reason or type(error).__name__)
        self.reason = reason or type(error).__name__
        self.is_held = True

    def end(self) -> None:
        self.reason = None
