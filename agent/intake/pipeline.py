"""A file's way from spool to register, so that no crash can lose it and none can take it in twice.

    step        what is durable after it                                      a crash after it
    ──────────  ────────────────────────────────────────────────────────────  ─────────────────────────────────────
    opened      nothing; the source lies in its spool                          begins anew
    sealed      the sealed file, written, read back and compared               the sealed file is nobody's: discarded
    committed   contact, recording, entry and "to be removed", together        the removal is finished
    removed     the source is gone from the spool                              the removal is forgotten
    forgotten   nothing is left to do                                          —

`recover` runs before anything else is taken in and brings every state above to its end. What cannot be understood goes
the same way into the quarantine. The source is removed under its identity (inode, size, time), never by its name
alone: a recorder may have put another file there.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.intake.catalogue import contact_of, recording_of, removal_of, written_at
from agent.intake.leaving import Leaving, Step
from agent.intake.metadata.facts import facts_of
from agent.intake.opened import Identity, Opened
from agent.intake.prepared import Beside, Prepared, SourceChanged, Taken, beside, require_unchanged
from agent.intake.quarantine import Quarantine
from agent.intake.spool import spool_of
from agent.intake.tags import Tags, read_tags
from agent.intake.wav import NotWav, WavHeader, read_header
from agent.settings import Source
from agent.vault.store import Sealed
from agent.wire import Outcome
from db.queries import contacts, removals
from db.records import ContactRecord, RemovalRecord

__all__ = ["Pipeline", "SourceChanged", "Step", "Taken", "spool_of"]


class Pipeline:
    """Takes files in.

    Args:
        house: Where they go.
        reached: Told of every step, for tests that crash there.
    """

    def __init__(self, house: Installation, reached: Callable[[Step], None] = lambda step: None) -> None:
        self._house = house
        self._reached = reached
        self._leaving = Leaving(house, reached)
        self.quarantine = Quarantine(house)

    def take_in(self, source: Source, spool_fd: int, opened: Opened, relative_name: str) -> Taken:
        """Take in a file that is complete.

        Raises:
            SourceChanged: it is not complete after all; nothing was kept.
            RegisterUnwritable, OSError: disk full, I/O error; the source lies where it lay.
        """
        prepared = self._prepared(source, spool_fd, opened, relative_name)
        taken = self._commit(prepared)
        self._leaving.remove(spool_fd, prepared.leaving)
        return taken

    def _prepared(self, source: Source, spool_fd: int, opened: Opened, relative_name: str) -> Prepared:
        self._reached("opened")
        sealed_id = uuid.uuid4().hex
        with opened.file() as file:
            read: tuple[WavHeader, Tags] | NotWav
            try:
                header = read_header(file, opened.identity.size_bytes)
                read = header, read_tags(file, header)
            except NotWav as reason:
                read = reason
            sealed = self._house.vault.seal(sealed_id, file)
        self._reached("sealed")
        try:
            require_unchanged(opened, sealed)
            lying = beside(spool_fd, source, relative_name, sealed_id)
            if isinstance(read, NotWav):
                return self.quarantine.prepared(source, opened, relative_name, sealed_id, sealed, lying, read)
            return self._contact(source, opened, relative_name, sealed_id, sealed, lying, *read)
        except BaseException:
            self._house.vault.discard(sealed_id)
            raise

    def _contact(
        self,
        source: Source,
        opened: Opened,
        relative_name: str,
        sealed_id: str,
        sealed: Sealed,
        lying: Beside,
        header: WavHeader,
        tags: Tags,
    ) -> Prepared:
        facts = facts_of(
            source,
            self._house.settings,
            relative_name,
            lying.content,
            header,
            tags,
            written_at(opened.identity.mtime_ns),
        )
        recording = recording_of(sealed_id, relative_name, facts, header, sealed, lying.kept)
        contact = contact_of(source, facts, recording, self._house.now_ms())
        leaving = (removal_of(sealed_id, source, relative_name, opened.identity), *lying.leaving)

        def keep() -> Taken:
            self._keep_contact(contact, leaving)
            return Taken(contact.id, contact.adviser_account)

        return Prepared(sealed_id, keep, leaving)

    def _commit(self, prepared: Prepared) -> Taken:
        """Make the rows of a sealed file durable, or take the sealed file back."""
        try:
            taken = self._house.register.write(prepared.keep)
        except BaseException:
            self._house.vault.discard(prepared.sealed_id)
            raise
        self._reached("committed")
        return taken

    def _keep_contact(self, contact: ContactRecord, leaving: Iterable[RemovalRecord]) -> None:
        contacts.add(contact)
        for removal in leaving:
            removals.add(removal)
        recording = contact.recordings[0]
        self._house.log.append(
            Draft(
                actor=AGENT,
                action="contact.take_in",
                outcome=Outcome.ALLOWED,
                target=contact.id,
                detail={
                    "recording": recording.id,
                    "sha256": recording.sha256.hex(),
                    "size_bytes": recording.size_bytes,
                    "source": contact.source,
                    "interrupted": "yes" if recording.interrupted else "no",
                },
            )
        )

    # --- the end of the way ------------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Bring what a crash has left to its end. Before anything is taken in, and with nobody else at work."""
        self._leaving.recover()

    def is_taken_in(self, source: Source, relative_name: str, found: Identity) -> bool:
        """Whether this very file was taken in and could not be removed; another one under its name was not."""
        return self._leaving.holds(source, os.fsencode(relative_name), found)

    def finish_removals(self) -> None:
        """Try again to remove sources that could not be removed when they were taken in."""
        self._leaving.finish()
