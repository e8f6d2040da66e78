"""What cannot be opened, and what nobody comes for: noted in the quarantine, once for each state it is in, and left."""

from __future__ import annotations

import os
from collections.abc import Collection

from agent.installation import Installation
from agent.intake.catalogue import identity_text
from agent.intake.opened import Identity
from agent.intake.quarantine import Quarantine
from agent.settings import Source
from db.queries import quarantine as items


class Left:
    """For the intake's own thread."""

    def __init__(self, house: Installation, quarantine: Quarantine) -> None:
        self._house = house
        self._quarantine = quarantine
        self._notes: dict[tuple[str, bytes], tuple[str, str]] = {}
        """(source, path) = (id in the quarantine, identity)."""

    def read(self) -> None:
        """See what is noted now: somebody may have asked for another try."""
        with self._house.register.read():
            self._notes = items.open_identities()

    def note(self, source: Source, spool_fd: int, relative_name: str, reason: str, detail: str) -> bool:
        """Note a file; False when it is noted as it is, or gone.

        Raises:
            RegisterUnwritable: it is not noted; the next rescan tries again.
        """
        place = source.name, os.fsencode(relative_name)
        try:
            found = os.stat(relative_name, dir_fd=spool_fd, follow_symlinks=False)
        except OSError:
            return False
        identity = identity_text(Identity.of(found))
        before, as_it_was = self._notes.get(place, (None, None))
        if as_it_was == identity:
            return False
        note = self._quarantine.leave(
            source,
            relative_name,
            reason=reason,
            detail=detail,
            identity=identity,
            size_bytes=found.st_size,
            instead_of=before,
        )
        self._notes[place] = note, identity
        return True

    def end_missing(self, source: Source, present: Collection[str]) -> None:
        """End the notes of files that lie in a spool no longer.

        Raises:
            RegisterUnwritable: the next rescan tries again.
        """
        lost = [place for place in self._notes if place[0] == source.name and os.fsdecode(place[1]) not in present]
        if lost:
            self._quarantine.end_left([self._notes.pop(place)[0] for place in lost])
