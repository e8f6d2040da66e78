"""The end of the way: sources whose sealed copy is durable leave their spool, at once or when they can be removed."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Literal

from agent.installation import Installation
from agent.intake.claims import Claims
from agent.intake.opened import Identity, Opened, spool_of
from agent.intake.removal import folder_of, is_meant, remove
from agent.settings import Source
from db.engine import RegisterUnwritable
from db.queries import contacts, quarantine, removals
from db.records import RemovalRecord

Step = Literal["opened", "sealed", "committed", "removed", "forgotten"]
_File = tuple[str, bytes, int, int, int]
"""Source, path, inode, size and time of writing: enough to know a file again."""

journal = logging.getLogger("earwitness.intake")


class Leaving:
    """Removes sources, and remembers those that could not be removed: they must not be taken in again.

    Args:
        house: The installation.
        reached: Told of every step.
    """

    def __init__(self, house: Installation, reached: Callable[[Step], None]) -> None:
        self._house = house
        self._reached = reached
        self.claims = Claims(house.settings.state_dir)
        self._unremoved: dict[_File, RemovalRecord] = {}
        self._gone: deque[RemovalRecord] = deque()
        """Removed from their spools, and still in the register."""

    def recover(self) -> None:
        """Bring what a crash has left to its end. Before anything is taken in, and with nobody else of this process at
        work; what another process has sealed and not committed yet is waited for.
        """
        vault = self._house.vault
        with self.claims.sweeping():
            vault.sweep_unproven()
            with self._house.register.read():
                known = contacts.recording_ids() | {item.id for item in quarantine.sealed_items()}
                unfinished = removals.pending()
            for sealed_id in vault.sealed_ids():
                if sealed_id not in known:
                    vault.discard(sealed_id)
        for removal in unfinished:
            sealed_id = removal.id.partition(".")[0]
            if vault.is_sealed(sealed_id):
                self._unremoved[_file_of(removal)] = removal
            else:
                journal.critical("recording %s is catalogued but not sealed; its source is kept", sealed_id)
        self.finish()

    def holds(self, source: Source, path: bytes, found: Identity) -> bool:
        """Whether this very file was taken in and could not be removed; another one under its name was not."""
        return (source.name, path, found.inode, found.size_bytes, found.mtime_ns) in self._unremoved

    @contextmanager
    def having(self, source: Source, opened: Opened, path: bytes) -> Iterator[bool]:
        """Have a file to take in; False when another process takes it in, or has done so."""
        with self.claims.claimed(opened.identity) as is_ours:
            yield is_ours and opened.is_still_named() and not self._is_leaving(source, path, opened.identity)

    def _is_leaving(self, source: Source, path: bytes, found: Identity) -> bool:
        with self._house.register.read():
            return any(is_meant(found, removal) for removal in removals.of_path(source.name, path))

    def finish(self) -> None:
        """Try again to remove sources that could not be removed when they were taken in."""
        unremoved = list(self._unremoved.values())  # at once: workers add to it meanwhile
        for source in self._house.settings.source:
            left = [removal for removal in unremoved if removal.source == source.name]
            if not left:
                continue
            try:
                with spool_of(source) as spool_fd:
                    self.remove(spool_fd, left)
            except OSError:
                continue  # the spool is away; its watcher says so

    def remove(self, spool_fd: int, leaving: Iterable[RemovalRecord], *, forget: bool = True) -> None:
        """Remove sources whose sealed copies are durable, or remember that they could not be.

        Args:
            spool_fd: The spool that their paths start from.
            leaving: Which files.
            forget: Forget the removals too; else `forget_gone` does that, for many of them in one transaction.
        """
        folders: dict[tuple[str, ...], list[RemovalRecord]] = {}
        for removal in leaving:
            folders.setdefault(folder_of(removal), []).append(removal)
        for together in folders.values():
            try:
                remove(spool_fd, together)
            except OSError:
                self._unremoved.update({_file_of(removal): removal for removal in together})
                continue
            for removal in together:
                self._gone.append(removal)
                self._reached("removed")
        if forget:
            self.forget_gone()

    @property
    def gone(self) -> int:
        """How many removals `forget_gone` would forget."""
        return len(self._gone)

    def forget_gone(self) -> None:
        """Forget removals whose files are gone; when that cannot be written, the next call or start does it."""
        gone = []
        with suppress(IndexError):
            while True:
                gone.append(self._gone.popleft())
        if not gone:
            return
        try:
            self._house.register.write(partial(removals.done, [removal.id for removal in gone]))
        except RegisterUnwritable:
            self._gone.extend(gone)
            return
        for removal in gone:
            self._unremoved.pop(_file_of(removal), None)
            self._reached("forgotten")


def _file_of(removal: RemovalRecord) -> _File:
    return removal.source, removal.path, removal.inode, removal.size_bytes, removal.mtime_ns
