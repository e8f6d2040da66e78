"""What cannot be opened, and what nobody comes for: noted in the quarantine, once for each state it is in, and left."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection

from agent.installation import Installation
from agent.intake.catalogue import identity_text
from agent.intake.opened import Identity
from agent.intake.quarantine import Quarantine
from agent.settings import Source
from db.queries import quarantine as items

UNREADABLE = "unreadable"
"""The reason of a file that cannot be opened or read."""


class Left:
    """For any thread of the intake."""

    def __init__(self, house: Installation, quarantine: Quarantine) -> None:
        self._house = house
        self._quarantine = quarantine
        self._notes: dict[tuple[str, bytes], tuple[str, str]] = {}
        """(source, path) = (id in the quarantine, identity)."""
        self._lock = threading.Lock()

    def read(self) -> None:
        """See what is noted now: somebody may have asked for another try."""
        with self._lock, self._house.register.read():
            self._notes = items.open_identities()

    def note(
        self, source: Source, spool_fd: int, relative_name: str, reason: str, detail: str, *, is_foreign: bool = False
    ) -> bool:
        """Note a file; False when it is noted as it is, or gone.

        Args:
            source: Its spool.
            spool_fd: That spool's folder.
            relative_name: Its name below the spool.
            reason: Why it is left, as a code.
            detail: More of that.
            is_foreign: It lies among recordings in place and is none.

        Raises:
            RegisterUnwritable: it is not noted; the next rescan tries again.
        """
        place = source.name, os.fsencode(relative_name)
        try:
            found = os.stat(relative_name, dir_fd=spool_fd, follow_symlinks=False)
        except OSError:
            return False
        identity = identity_text(Identity.of(found))
        with self._lock:
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
                action="source.foreign" if is_foreign else "quarantine.add",
            )
            self._notes[place] = note, identity
        return True

    def end(self, source: Source, relative_name: str) -> None:
        """End the note of a file that was taken in and lies where it lay.

        Raises:
            RegisterUnwritable: the note stands until the next start or the file's end.
        """
        with self._lock:
            note = self._notes.pop((source.name, os.fsencode(relative_name)), None)
            if note is not None:
                self._quarantine.end_left([note[0]])

    def end_missing(self, source: Source, present: Collection[str]) -> None:
        """End the notes of files that lie in a spool no longer.

        Raises:
            RegisterUnwritable: the next rescan tries again.
        """
        with self._lock:
            lost = [place for place in self._notes if place[0] == source.name and os.fsdecode(place[1]) not in present]
            if lost:
                self._quarantine.end_left([self._notes.pop(place)[0] for place in lost])
