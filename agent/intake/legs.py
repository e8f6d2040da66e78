"""Calls of which only one leg has come: said at the contact when the other has been waited for long enough."""

from __future__ import annotations

from dataclasses import replace

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.intake.remarks import ONE_LEG, with_remark
from agent.wire import Outcome
from db.queries import arrivals, contact_changes, contacts

WAITED_FOR_MS = 3_600_000
REMEMBERED_MS = 30 * 24 * 3_600_000
"""For how long what comes later finds what came before: legs each other, a sidecar its recording."""


class Legs:
    def __init__(self, house: Installation) -> None:
        self._house = house
        self._said_until_ms = 0
        """What came before this has been looked at by this process."""

    def look(self) -> None:
        """Mark the contacts whose other leg has not come, and forget what came long ago.

        Raises:
            RegisterUnwritable: the next rescan tries again.
        """
        now_ms = self._house.now_ms()
        until_ms = now_ms - WAITED_FOR_MS
        with self._house.register.read():
            alone = arrivals.alone_with_a_leg(max(self._said_until_ms, now_ms - REMEMBERED_MS), until_ms)
            is_old = arrivals.has_older(now_ms - REMEMBERED_MS)
        if alone:
            self._house.register.write(lambda: self._mark(alone))
        if is_old:
            self._house.register.write(lambda: arrivals.forget(now_ms - REMEMBERED_MS))
        self._said_until_ms = until_ms

    def _mark(self, contact_ids: list[str]) -> None:
        for contact_id in contact_ids:
            contact = contacts.by_id(contact_id)
            if contact is None or len(contact.recordings) != 1 or ONE_LEG in (contact.attention or ""):
                continue
            marked = replace(contact, attention=with_remark(contact.attention, ONE_LEG))
            contact_changes.revise(marked, [])
            self._house.log.append(Draft(AGENT, "contact.incomplete", Outcome.ALLOWED, target=contact_id))
