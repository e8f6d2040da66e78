"""What all bodies have in common, and the bounds of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer

API = "/v1"
PAGE_LIMIT = 500
"""Rows that one page holds at most."""
WAVEFORM_COLUMNS = 2000
"""Columns that one waveform holds at most."""


def _rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[datetime, PlainSerializer(_rfc3339, when_used="json")]
"""A moment in UTC, RFC 3339 with milliseconds on the wire."""


class Body(BaseModel):
    """Common to all bodies: frozen, and tolerant of fields that a newer agent adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Asked(BaseModel):
    """Common to what is sent to the agent: an unknown field is a mistake and refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Item = TypeVar("Item")


class Page(Body, Generic[Item]):
    """A part of a list, newest first unless asked otherwise."""

    items: list[Item]
    as_of: str
    """Snapshot token: sent back, the following pages show the same rows even though new ones have come."""
    next_cursor: str | None = None
    """Sent back as `cursor`, the next part; None at the end. For scripts; screens use `offset`."""


class Count(Body):
    count: int
    as_of: str
