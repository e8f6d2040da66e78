"""Whether the log is whole and goes on, in one look."""

from __future__ import annotations

from dataclasses import dataclass

from agent import wire
from agent.audit.entry import LeafInvalid, read_leaf
from agent.services.audit import READING
from agent.services.bodies import instant
from agent.services.caller import Caller
from agent.services.gate import Gate
from agent.services.guards import Guards
from agent.services.odd.desk import OddDesk
from agent.wire import Capability, Outcome
from db.queries import log as stored

VERIFYING = "log.verify"
"""The entry of a check that ran to its end; its detail says of how many entries."""


@dataclass(frozen=True, slots=True)
class Verified:
    size: int
    at_ms: int
    is_whole: bool


class LogStates:
    def __init__(self, gate: Gate, odd: OddDesk, guards: Guards) -> None:
        self._gate = gate
        self._house = gate.house
        self._odd = odd
        self._guards = guards

    def state(self, caller: Caller) -> wire.LogState:
        """It shows no entry, only that there are so many, and is no entry itself; a refusal is."""
        with self._gate.access(caller, READING, needs=Capability.AUDIT_READ, is_covered=True):
            newest, verified = stored.newest_checkpoint(), last_verified()
            cannot_log = self._house.log.cannot_log
            return wire.LogState(
                size=stored.size(),
                can_log=cannot_log is None,
                trouble=[why for why in (cannot_log, self._house.log.trouble) if why],
                checkpoint_size=newest.size if newest else 0,
                checkpoint_at=instant(newest.at_ms) if newest else None,
                verified_size=verified.size if verified else 0,
                verified_at=instant(verified.at_ms) if verified else None,
                verified_whole=verified.is_whole if verified else None,
                witnesses=self._guards.witnesses(),
                sentry=self._guards.sentry(),
                odd=self._odd.unacknowledged(),
            )


def last_verified() -> Verified | None:
    """What the newest check of the log said, by its entry; None when there is none. Inside a read."""
    entry = stored.newest_of(VERIFYING)
    if entry is None:
        return None
    try:
        leaf = read_leaf(entry.leaf)
        size = int(leaf["detail"].get("size") or 0)
    except (LeafInvalid, ValueError):
        return Verified(0, int(entry.columns["at_ms"] or 0), is_whole=False)
    return Verified(size, leaf["at_ms"], is_whole=leaf["outcome"] == Outcome.ALLOWED)
