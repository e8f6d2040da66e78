"""What the leaves of a log tell about the rest: which recordings were taken in, and where epochs began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db.queries.log_check import TELLING

*TAKE_IN, RESTORED = TELLING


@dataclass
class Facts:
    sealed: dict[str, tuple[bytes, int | None]] = field(default_factory=dict)
    """Id = (SHA-256, size in bytes), as the entry of its taking-in says."""
    epochs: list[tuple[int, int]] = field(default_factory=list)
    """(number of the epoch, its first entry)."""
    marks: int | None = 0
    """How many marks the entries are found by; None when that is not known, or one is missing."""

    def note(self, seq: int, leaf: Mapping[str, Any]) -> None:
        """Take in what an entry tells.

        Raises:
            KeyError, TypeError, ValueError: it does not tell it as it is written here.
        """
        detail = dict(leaf["detail"])
        if leaf["action"] in TAKE_IN and detail.get("sha256"):
            sealed_id = str(detail.get("recording") or leaf["target"])
            self.sealed[sealed_id] = bytes.fromhex(detail["sha256"]), detail.get("size_bytes")
        elif leaf["action"] == RESTORED:
            self.epochs.append((int(detail["epoch"]), seq))

    def size_at_end_of(self, epoch: int) -> int | None:
        """How many entries a checkpoint of an epoch can be signed for; None when it has not ended."""
        return min((first for later, first in self.epochs if later > epoch), default=None)
