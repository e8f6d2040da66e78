"""What could not be taken in: sealed with its reason, or noted where it lies when it cannot even be opened."""

from __future__ import annotations

import io
import os
import uuid
from collections.abc import Iterable

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.intake.catalogue import contact_of, identity_text, recording_of, removal_of, written_at
from agent.intake.known_calls import KnownCalls
from agent.intake.metadata.facts import facts_of
from agent.intake.opened import Opened
from agent.intake.prepared import Beside, Prepared, Taken
from agent.intake.tags import read_tags
from agent.intake.wav import NotWav, read_header
from agent.settings import Source
from agent.vault.store import Sealed
from agent.wire import Outcome
from db.queries import quarantine as items
from db.queries import removals
from db.records import ContactRecord, QuarantineRecord, RemovalRecord


class Quarantine:
    def __init__(self, house: Installation, calls: KnownCalls) -> None:
        self._house = house
        self._calls = calls

    def prepared(
        self,
        source: Source,
        opened: Opened,
        relative_name: str,
        sealed_id: str,
        sealed: Sealed,
        beside: Beside,
        reason: NotWav,
    ) -> Prepared:
        """A file that is no recording and has been sealed all the same: it may hold a voice."""
        record = QuarantineRecord(
            id=sealed_id,
            at_ms=self._house.now_ms(),
            source=source.name,
            path=os.fsencode(relative_name),
            reason=reason.reason,
            detail="",
            size_bytes=sealed.size_bytes,
            identity=identity_text(opened.identity),
            sha256=sealed.sha256,
            wrapped_key=sealed.wrapped_key,
            sidecar=beside.kept,
        )
        leaving = (removal_of(sealed_id, source, relative_name, opened.identity), *beside.leaving)

        def keep() -> Taken:
            self._keep(record, leaving)
            return Taken(None)

        return Prepared(sealed_id, opened, keep, leaving)

    def leave(
        self,
        source: Source,
        relative_name: str,
        *,
        reason: str,
        detail: str,
        identity: str,
        size_bytes: int,
        instead_of: str | None,
        action: str = "quarantine.add",
    ) -> str:
        """Note what stays where it lies; the id of the note.

        Args:
            instead_of: The note of an earlier state of the same file, which ends.
            action: Of the entry.

        Raises:
            RegisterUnwritable: it is not noted; the next rescan tries again.
        """
        record = QuarantineRecord(
            id=uuid.uuid4().hex,
            at_ms=self._house.now_ms(),
            source=source.name,
            path=os.fsencode(relative_name),
            reason=reason,
            detail=detail,
            size_bytes=size_bytes,
            identity=identity,
        )

        def job() -> None:
            if instead_of is not None:
                self._end(instead_of)
            self._keep(record, (), action)

        self._house.register.write(job)
        return record.id

    def end_left(self, ids: Iterable[str]) -> None:
        """Note that files which were left where they lay lie there no longer: removed by somebody, or taken in.

        Raises:
            RegisterUnwritable: it is not noted; the next rescan tries again.
        """

        def job() -> None:
            for item_id in ids:
                self._end(item_id)

        self._house.register.write(job)

    def _end(self, item_id: str) -> None:
        if items.end(item_id, self._house.now_ms()):
            self._house.log.append(Draft(AGENT, "quarantine.end", Outcome.ALLOWED, target=item_id))

    def _keep(self, record: QuarantineRecord, leaving: Iterable[RemovalRecord], action: str = "quarantine.add") -> None:
        items.add(record)
        for removal in leaving:
            removals.add(removal)
        self._house.log.append(
            Draft(
                actor=AGENT,
                action=action,
                outcome=Outcome.ALLOWED,
                target=record.id,
                detail={
                    "source": record.source,
                    "reason": record.reason,
                    "size_bytes": record.size_bytes,
                    "sha256": None if record.sha256 is None else record.sha256.hex(),
                },
            )
        )

    def read_again(self, item: QuarantineRecord) -> ContactRecord:
        """The contact that a sealed item makes when it is read once more. Nothing is written.

        Raises:
            NotWav: it still is no recording.
            SealBroken: it is not what was sealed.
        """
        source = next((found for found in self._house.settings.source if found.name == item.source), None)
        if source is None or item.wrapped_key is None or item.sha256 is None:
            raise NotWav("not-audio")
        relative_name = os.fsdecode(item.path)
        with self._house.vault.open(item.id, item.wrapped_key) as reader:
            file = io.BufferedReader(reader)
            header = read_header(file, item.size_bytes)
            tags = read_tags(file, header)
        quarantined_at = written_at(item.at_ms * 1_000_000)
        facts = facts_of(
            source,
            self._house.settings,
            relative_name,
            item.sidecar,
            header,
            tags,
            quarantined_at,
            self._calls.record_of(source),
        )
        sealed = Sealed(item.sha256, item.size_bytes, item.wrapped_key)
        recording = recording_of(item.id, relative_name, facts, header, sealed, item.sidecar)
        return contact_of(source, facts, recording, self._house.now_ms())
