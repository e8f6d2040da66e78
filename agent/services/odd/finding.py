"""Something that a rule finds odd in the log."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Finding:
    id: str
    """See `finding_id`."""
    rule: str
    at_ms: int
    """Of the newest entry that it rests on."""
    newest_seq: int
    """The newest thing that it rests on, by its first entry: a finding that was acknowledged up to here is odd again
    with a newer one, and not because a listening goes on."""
    query: str
    account: str | None = None
    uid: int | None = None
    target: str | None = None
    measured: dict[str, str | int] = field(default_factory=dict)


def finding_id(rule: str, *about: object) -> str:
    """A name that stays: the digest of the rule and what it is about. Nothing of a customer is handed in here."""
    said = "\0".join((rule, *map(str, about)))
    return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[: 2 * ID_BYTES]
