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

A file of an in-place source is not sealed and not removed (`staying`): of the steps it has "opened" and "committed".

Several files may go this way together: each step is then done for all of them before the next one begins, with one
transaction and one sync of a folder for them all. Two processes may be at work on the same spools (`claims`).
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import PurePosixPath

from agent.installation import Installation
from agent.intake.catalogue import contact_of, recording_of, removal_of, written_at
from agent.intake.entering import Entering
from agent.intake.known_calls import KnownCalls
from agent.intake.leaving import Leaving, Step
from agent.intake.metadata.facts import facts_of
from agent.intake.naming import call_digest, name_digest
from agent.intake.opened import Identity, Opened, Unreadable, spool_of
from agent.intake.prepared import Beside, Foreign, Prepared, SourceChanged, Taken, beside, require_unchanged
from agent.intake.quarantine import Quarantine
from agent.intake.staying import KEPT, Staying
from agent.intake.tags import Tags, read_tags
from agent.intake.wav import NotWav, WavHeader, read_header
from agent.intake.writers import has_writer
from agent.settings import Source
from agent.vault.store import Sealed
from db.engine import RegisterUnwritable
from db.records import ArrivalRecord, ContactRecord

__all__ = ["Pipeline", "SourceChanged", "Step", "Taken", "spool_of"]

Told = Callable[[Taken], None]


def _nobody(taken: Taken) -> None:
    pass


class Pipeline:
    """Takes files in.

    Args:
        house: Where they go.
        reached: Told of every step, for tests that crash there.
    """

    def __init__(self, house: Installation, reached: Callable[[Step], None] = lambda step: None) -> None:
        self._house = house
        self._reached = reached
        self._entering = Entering(house)
        self.leaving = Leaving(house, reached)
        self.staying = Staying(house)
        self.calls = KnownCalls(house.settings.source)
        self.quarantine = Quarantine(house, self.calls)

    def take_in(
        self,
        source: Source,
        spool_fd: int,
        opened: Opened,
        relative_name: str,
        told: Told = _nobody,
        *,
        forget: bool = True,
    ) -> Taken:
        """Take in a file that is complete.

        Args:
            source: The spool it lies in.
            spool_fd: That spool's folder.
            opened: The file.
            relative_name: Its name below the spool.
            told: Called once the file is durable in the register, before it leaves its spool.
            forget: Go the last step too; else `Leaving.forget_gone` goes it for many files.

        Raises:
            SourceChanged: it is not complete after all; nothing was kept.
            Unreadable: its own bytes cannot be read; nothing was kept.
            Foreign: it is no recording, of a source whose files stay where they lie.
            RegisterUnwritable, OSError: disk full, I/O error; the source lies where it lay.
        """
        with self.leaving.claims.sealing():
            prepared = self._prepared(source, spool_fd, opened, relative_name)
            [taken] = self._kept([prepared])
        if isinstance(taken, Exception):
            raise taken
        told(taken)
        self.leaving.remove(spool_fd, prepared.leaving, forget=forget)
        return taken

    def take_in_together(
        self, source: Source, spool_fd: int, files: Sequence[tuple[Opened, str]]
    ) -> list[Taken | None]:
        """Take in files that are complete; None in place of one that is not after all, or that cannot be read.

        Raises:
            RegisterUnwritable, OSError: as `take_in`; those that came before the one that failed are taken in.
        """
        sealed: list[Prepared] = []
        places: list[int | None] = []
        failed: Exception | None = None
        with self.leaving.claims.sealing():
            for opened, relative_name in files:
                try:
                    sealed.append(self._prepared(source, spool_fd, opened, relative_name))
                except (SourceChanged, Foreign, Unreadable):
                    places.append(None)
                except Exception as error:  # noqa: BLE001 - raised below, when those before it have come to their end
                    failed = error
                    break
                else:
                    places.append(len(sealed) - 1)
            kept = self._kept(sealed)
        taken = [(prepared, end) for prepared, end in zip(sealed, kept, strict=True) if isinstance(end, Taken)]
        self.leaving.remove(spool_fd, [removal for prepared, _taken in taken for removal in prepared.leaving])
        for end in kept:
            if isinstance(end, Exception) and not isinstance(end, SourceChanged):
                failed = failed or end
        if failed is not None:
            raise failed
        ends = [end if isinstance(end, Taken) else None for end in kept]
        return [None if place is None else ends[place] for place in places]

    def _prepared(self, source: Source, spool_fd: int, opened: Opened, relative_name: str) -> Prepared:
        self._reached("opened")
        if has_writer(opened.fd):
            raise SourceChanged
        sealed_id = uuid.uuid4().hex
        with opened.file() as file:
            read: tuple[WavHeader, Tags] | NotWav
            try:
                header = read_header(file, opened.identity.size_bytes)
                read = header, read_tags(file, header)
            except NotWav as reason:
                read = reason
            if source.mode == "in-place":
                return self._staying(source, spool_fd, opened, relative_name, sealed_id, read)
            sealed = self._house.vault.write(sealed_id, file)
        try:
            require_unchanged(opened, sealed)
            lying = beside(spool_fd, source, relative_name, sealed_id)
            if isinstance(read, NotWav):
                return self.quarantine.prepared(source, opened, relative_name, sealed_id, sealed, lying, read)
            return self._contact(source, opened, relative_name, sealed_id, sealed, lying, *read)
        except BaseException:
            self._house.vault.discard(sealed_id)
            raise

    def _staying(
        self,
        source: Source,
        spool_fd: int,
        opened: Opened,
        relative_name: str,
        recording_id: str,
        read: tuple[WavHeader, Tags] | NotWav,
    ) -> Prepared:
        def enter(found: Sealed) -> Callable[[], Taken]:
            assert not isinstance(read, NotWav)
            lying = beside(spool_fd, source, relative_name, recording_id)
            contact, arrival = self._rows(source, opened, relative_name, recording_id, found, lying, *read)
            return lambda: self._entering.enter(contact, arrival, (), kept=KEPT)

        not_wav = read.reason if isinstance(read, NotWav) else None
        path = os.fsencode(relative_name)
        return self.staying.prepared(source, spool_fd, opened, path, recording_id, not_wav, enter)

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
        contact, arrival = self._rows(source, opened, relative_name, sealed_id, sealed, lying, header, tags)
        leaving = (removal_of(sealed_id, source, relative_name, opened.identity), *lying.leaving)
        return Prepared(sealed_id, opened, lambda: self._entering.enter(contact, arrival, leaving), leaving)

    def _rows(
        self,
        source: Source,
        opened: Opened,
        relative_name: str,
        sealed_id: str,
        sealed: Sealed,
        lying: Beside,
        header: WavHeader,
        tags: Tags,
    ) -> tuple[ContactRecord, ArrivalRecord]:
        found = opened.identity
        facts = facts_of(
            source,
            self._house.settings,
            relative_name,
            lying.content,
            header,
            tags,
            written_at(found.mtime_ns),
            self.calls.record_of(source),
        )
        recording = recording_of(sealed_id, relative_name, facts, header, sealed, lying.kept)
        contact = contact_of(source, facts, recording, self._house.now_ms())
        arrival = ArrivalRecord(
            recording_id=sealed_id,
            at_ms=contact.taken_in_at_ms,
            name_digest=name_digest(self._house.log, source, relative_name),
            suffix=PurePosixPath(relative_name).suffix,
            written_at_ms=found.mtime_ns // 1_000_000,
            call_digest=call_digest(self._house.log, source, facts.call_key),
        )
        return contact, arrival

    def _kept(self, sealed: Sequence[Prepared]) -> list[Taken | Exception]:
        """Bring sealed files to their places and make their rows durable. What fails is taken back, and is no row.

        Raises:
            OSError: none of them is kept.
        """
        self._house.vault.settle([prepared.sealed_id for prepared in sealed if prepared.is_sealed])
        for _prepared in sealed:
            self._reached("sealed")
        # Handed in together they become durable together.
        waiting = [(prepared.sealed_id, self._submitted(prepared)) for prepared in sealed]
        return [self._committed(sealed_id, future) for sealed_id, future in waiting]

    def _submitted(self, prepared: Prepared) -> Future[Taken] | Exception:
        if not prepared.opened.is_unchanged() or has_writer(prepared.opened.fd):
            return SourceChanged()
        try:
            return self._house.register.submit(prepared.keep)
        except RegisterUnwritable as error:
            return error

    def _committed(self, sealed_id: str, future: Future[Taken] | Exception) -> Taken | Exception:
        try:
            if isinstance(future, Exception):
                raise future
            taken = future.result()
        except Exception as error:  # noqa: BLE001 - whatever it was, it is handed on
            self._house.vault.discard(sealed_id)
            return error
        self._reached("committed")
        return taken

    # --- the end of the way ------------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Bring what a crash has left to its end. Before anything is taken in, and with nobody else at work."""
        self.leaving.recover()

    def is_taken_in(self, source: Source, relative_name: str, found: Identity) -> bool:
        """Whether this very file was taken in and stays, or could not be removed; another one of its name was not."""
        path = os.fsencode(relative_name)
        if source.mode == "in-place":
            return self.staying.is_known(source, path, found)
        return self.leaving.holds(source, path, found)

    def having(self, source: Source, opened: Opened, relative_name: str) -> AbstractContextManager[bool]:
        """Have a file to take in; False when another process takes it in, or has done so."""
        return self.leaving.having(source, opened, os.fsencode(relative_name))

    def finish_removals(self) -> None:
        """Try again to remove sources that could not be removed when they were taken in."""
        self.leaving.finish()
