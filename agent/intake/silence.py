"""A recorder that has been silent for too long of its office time: most likely it records no more, or elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.settings import Source
from agent.wire import Outcome
from db.queries import contacts


class Silence:
    """Of one source.

    Args:
        house: The installation.
        source: Nothing is watched where it does not say `silent_after_h`.
    """

    def __init__(self, house: Installation, source: Source) -> None:
        self._house = house
        self._source = source
        self._heard_at_ms: int | None = None
        self.since_ms: int | None = None
        """When the last file came, of a recorder that is silent; None when all is well."""

    @property
    def trouble(self) -> str | None:
        hours = self._source.silent_after_h
        return None if self.since_ms is None else f"no file for {hours:g} hours of office time"

    def heard(self) -> None:
        """A file was taken in."""
        self._heard_at_ms, self.since_ms = self._house.now_ms(), None

    def look(self) -> None:
        """See whether it is silent; the first time of each silence is an entry.

        Raises:
            RegisterUnwritable: the next look tries again.
        """
        allowed_h = self._source.silent_after_h
        if allowed_h is None or self.since_ms is not None:
            return
        now_ms = self._house.now_ms()
        if self._heard_at_ms is None:
            with self._house.register.read():
                self._heard_at_ms = contacts.newest_of_source_ms(self._source.name) or now_ms
        open_s = self._source.hours.open_s(_instant(self._heard_at_ms), _instant(now_ms), self._source.zone)
        if open_s < allowed_h * 3600:
            return
        draft = Draft(AGENT, "source.silent", Outcome.ALLOWED, target=self._source.name)
        self._house.register.write(lambda: self._house.log.append(draft))
        self.since_ms = self._heard_at_ms


def _instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
