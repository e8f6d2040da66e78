"""How a file of an in-place source is taken in: it is hashed and catalogued, and stays where it lies.

What a complete file is shows by its content and by what is known of its place:

    known here, same content                     nothing, or it has returned
    known here, same file, other content         changed
    known elsewhere in the source, and not there renamed, or it has returned
    anything else that is a recording            a new one; another file that was known here is gone
    no recording                                 foreign: noted by whoever watches

Each of these is an entry, once for each state: `source.returned`, `source.changed`, `source.renamed`, and
`source.vanished` for what is gone. What is changed or gone stands open from its entry on, see `standing`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.intake.in_place import (
    CHANGED,
    PRESENT,
    VANISHED,
    hash_of_file,
    is_same_file,
    is_same_state,
    is_written_since,
    state_of,
)
from agent.intake.opened import Identity, NotRegular, Opened, open_in_spool
from agent.intake.prepared import Foreign, Prepared, SourceChanged, Taken
from agent.intake.remarks import CHANGED as CHANGED_REMARK
from agent.intake.remarks import VANISHED as VANISHED_REMARK
from agent.intake.remarks import with_remark, without_remark
from agent.settings import Source
from agent.vault.store import Sealed
from agent.wire import Outcome
from db.queries import contact_changes, contacts, in_place
from db.records import InPlaceRecord

KEPT = "in-place"
_REMARKS = {CHANGED: CHANGED_REMARK, VANISHED: VANISHED_REMARK}

Enter = Callable[[Sealed], Callable[[], Taken]]
"""Of a file's digest and size, how its rows are written."""


class Staying:
    def __init__(self, house: Installation) -> None:
        self._house = house

    def is_known(self, source: Source, path: bytes, found: Identity) -> bool:
        """Whether this very state of the file was taken in."""
        with self._house.register.read():
            here = in_place.at_path(source.name, path)
        return any(record.state != VANISHED and is_same_state(record.identity, state_of(found)) for record in here)

    def prepared(
        self,
        source: Source,
        spool_fd: int,
        opened: Opened,
        path: bytes,
        recording_id: str,
        not_wav: str | None,
        enter: Enter,
    ) -> Prepared:
        """Find out what a complete file is.

        Args:
            source: The spool it lies in.
            spool_fd: That spool's folder.
            opened: The file.
            path: Its name below the spool.
            recording_id: For a new one.
            not_wav: Why it is no recording; None when it is one.
            enter: How a new one enters the register.

        Raises:
            Foreign: it is no recording, and is not known as one.
            SourceChanged: it was written to meanwhile.
            OSError: it cannot be read.
        """
        sha256 = hash_of_file(opened)
        with self._house.register.read():
            here = in_place.at_path(source.name, path)
            alike = in_place.with_content(source.name, sha256)
        known = next((record for record in here if record.sha256 == sha256), None)
        if known is None:
            known = next((record for record in alike if self._is_elsewhere(spool_fd, record)), None)
        standing = [record for record in here if record.state != VANISHED]
        written = next((record for record in standing if is_same_file(record.identity, opened.identity)), None)

        keep: Callable[[], Taken]
        if known is not None:
            keep = self._keeping_known(known, path, opened.identity, standing)
        elif written is not None:
            keep = self._keeping_changed(written, opened.identity)
        elif not_wav is not None:
            raise Foreign(not_wav)
        else:
            keep = self._keeping_new(
                InPlaceRecord(recording_id, "", sha256, source.name, path, state_of(opened.identity), PRESENT),
                standing,
                enter(Sealed(sha256, opened.identity.size_bytes, b"")),
            )
        return Prepared(recording_id, opened, keep, (), is_sealed=False)

    @staticmethod
    def _is_elsewhere(spool_fd: int, record: InPlaceRecord) -> bool:
        """Whether a recording no longer lies where it was found last, so that a file with its content is it."""
        with suppress(NotRegular, OSError), open_in_spool(spool_fd, os.fsdecode(record.path)) as opened:
            return not is_same_file(record.identity, opened.identity)
        return True

    def _keeping_known(
        self, known: InPlaceRecord, path: bytes, found: Identity, standing: list[InPlaceRecord]
    ) -> Callable[[], Taken]:
        def keep() -> Taken:
            before = _as_it_was(known)
            for other in standing:
                if other.recording_id != known.recording_id:
                    self.vanished(other)
            in_place.found(known.recording_id, path=path, identity=state_of(found), state=PRESENT)
            if before.state != PRESENT:
                self._say("source.returned", before, PRESENT)
            elif before.path != path:
                self._say("source.renamed", before, PRESENT)
            return self._taken(before)

        return keep

    def _keeping_changed(self, written: InPlaceRecord, found: Identity) -> Callable[[], Taken]:
        def keep() -> Taken:
            before = _as_it_was(written)
            in_place.found(before.recording_id, path=before.path, identity=state_of(found), state=CHANGED)
            if before.state != CHANGED or is_written_since(before.identity, found):
                self._say("source.changed", before, CHANGED)
            return self._taken(before)

        return keep

    def _keeping_new(
        self, record: InPlaceRecord, standing: list[InPlaceRecord], enter: Callable[[], Taken]
    ) -> Callable[[], Taken]:
        def keep() -> Taken:
            for other in standing:
                self.vanished(other)
            taken = enter()
            in_place.add(record)
            return taken

        return keep

    def vanished(self, record: InPlaceRecord) -> None:
        """Note that a recording is gone, unless it was found otherwise meanwhile. Inside a transaction."""
        now = in_place.of_recording(record.recording_id)
        if now is not None and now == record and now.state != VANISHED:
            in_place.found(now.recording_id, path=now.path, identity=now.identity, state=VANISHED)
            self._say("source.vanished", now, VANISHED)

    def _say(self, action: str, record: InPlaceRecord, state: str) -> None:
        contact = contacts.by_id(record.contact_id)
        if contact is not None:
            attention = contact.attention
            for remark in _REMARKS.values():
                attention = without_remark(attention, remark)
            if state in _REMARKS:
                attention = with_remark(attention, _REMARKS[state])
            if attention != contact.attention:
                contact_changes.revise(replace(contact, attention=attention), [])
        detail: dict[str, str | int | None] = {"source": record.source, "recording": record.recording_id}
        seq = self._house.log.append(Draft(AGENT, action, Outcome.ALLOWED, target=record.contact_id, detail=detail))
        in_place.note(record.recording_id, seq if state in _REMARKS else None)

    @staticmethod
    def _taken(record: InPlaceRecord) -> Taken:
        contact = contacts.by_id(record.contact_id)
        return Taken(record.contact_id, None if contact is None else contact.adviser_account, is_new=False)


def _as_it_was(record: InPlaceRecord) -> InPlaceRecord:
    now = in_place.of_recording(record.recording_id)
    if now != record:
        raise SourceChanged  # it was found elsewhere, or otherwise, meanwhile: looked at again
    return now
