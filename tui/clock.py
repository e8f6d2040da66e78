"""The clock of the screens: it decides only how a moment is told, never what is permitted."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)
