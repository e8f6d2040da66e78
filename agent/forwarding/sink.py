"""A place that takes records: the common shape of syslog, journald, a file and a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from agent.forwarding.delivery import Patience


@dataclass(frozen=True, slots=True)
class Record:
    """One entry, or one checkpoint, on its way out."""

    kind: Literal["entry", "checkpoint"]
    line: bytes
    """JSON in UTF-8 on one line, without its newline."""
    at: str
    """RFC 3339, UTC."""
    whole: bytes
    """As it is kept here: the leaf, or the signed note."""
    is_notable: bool = False
    """Refused or failed: a warning where others are a notice."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """For places that keep fields apart from text; names in capitals."""


class Sink(Protocol):
    def send(self, records: Sequence[Record], patience: Patience) -> None:
        """Hand records over, in order. Returning means: all of them were taken.

        Raises:
            NotDelivered: perhaps some were, but not all; they all have to be sent again.
        """

    def close(self) -> None:
        """Let go; the next `send` begins anew."""
