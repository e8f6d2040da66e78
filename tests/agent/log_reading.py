"""The log as tests look at it: every entry decoded, and the bytes as they are stored."""

from __future__ import annotations

from typing import Any

from agent.audit.entry import read_leaf
from agent.installation import Installation
from db.queries import log as stored


def entries(house: Installation) -> list[dict[str, Any]]:
    """All entries, oldest first."""
    with house.register.read():
        return [read_leaf(record.leaf) for record in stored.stream()]


def newest(house: Installation, action: str | None = None) -> dict[str, Any]:
    """The newest entry, or the newest of an action. Entries that nobody waits for are written before it looks."""
    house.register.write(lambda: None)
    return [entry for entry in entries(house) if action in (None, entry["action"])][-1]


def leaves(house: Installation) -> bytes:
    """The bytes of all entries, to look for what must not be there."""
    with house.register.read():
        return b"\n".join(record.leaf for record in stored.stream())
