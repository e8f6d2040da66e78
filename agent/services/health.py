"""Whether all is well, in one look."""

from __future__ import annotations

from importlib.metadata import version

from agent import wire
from agent.direct_opens.service import DirectOpens
from agent.forwarding.outside import Outside
from agent.intake.loop import IntakeLoop
from agent.services.bodies import instant
from agent.services.caller import Caller
from agent.services.gate import Gate
from agent.services.intake import intake_body
from agent.wire import Capability
from db.queries import contacts
from db.queries import log as stored
from db.queries.contacts import ContactFilter


class Health:
    def __init__(self, gate: Gate, loop: IntakeLoop, outside: Outside, direct_opens: DirectOpens) -> None:
        self._gate = gate
        self._house = gate.house
        self._loop = loop
        self._outside = outside
        self._direct_opens = direct_opens
        self._started_at_ms = gate.house.now_ms()

    def status(self, caller: Caller) -> wire.Status:
        """It shows no contact and no entry, only counts, and is no entry itself; a refusal is."""
        with self._gate.access(caller, "status.read", needs=Capability.STATUS_READ, is_covered=True):
            return self.now(with_intake=Capability.INTAKE_READ in caller.rights.capabilities)

    def now(self, *, with_intake: bool) -> wire.Status:
        """Inside a read of the register."""
        newest = stored.newest_checkpoint()
        return wire.Status(
            version=version("earwitness"),
            started_at=instant(self._started_at_ms),
            can_log=self._house.log.cannot_log is None,
            trouble=self._troubles(),
            contacts=contacts.count(ContactFilter()),
            log_size=stored.size(),
            checkpoint_at=None if newest is None else instant(newest.at_ms),
            intake=intake_body(self._house, self._loop) if with_intake else None,
        )

    def _troubles(self) -> list[str]:
        cannot_log = self._house.log.cannot_log
        found = [cannot_log and f"cannot log: {cannot_log}", self._house.log.trouble, self._loop.paused]
        found += [f"{spool.name}: {spool.trouble}" for spool in self._loop.status() if spool.trouble]
        found += self._outside.troubles() + self._direct_opens.troubles()
        return [trouble for trouble in found if trouble]
