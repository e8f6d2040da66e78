"""Sidecars that come after their recording was taken in: read, kept, and the contact is what is known now.

A sidecar is matched to a recording that came lately by the digest of its name. The recording's header and tags are read
again from the vault, so that all the evidence is weighed anew; each field that changes keeps what it was before.
The sidecar leaves its spool as a recording does: only after all this is durable. In a source whose files stay where
they lie it stays too, and is matched by its place.

A sidecar whose recording has not come waits where it lies. Whoever watches may report it after a while.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import uuid4

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.intake.catalogue import provenance_text, removal_of, written_at
from agent.intake.in_place import PRESENT, written_ns
from agent.intake.known_calls import KnownCalls
from agent.intake.leaving import Leaving
from agent.intake.masking import kept_sidecar, shown_name
from agent.intake.metadata.facts import CallFacts, facts_of
from agent.intake.metadata.sidecar import SIDECAR_LIMIT_BYTES, sidecars_of
from agent.intake.metadata.statement import SIDECAR
from agent.intake.naming import is_beside, name_digest_of_stem, stems_beside
from agent.intake.opened import Identity, Opened
from agent.intake.prepared import SourceChanged, Taken
from agent.intake.recordings import Recordings
from agent.intake.remarks import own_remarks, with_remark
from agent.intake.revising import FIELDS, by_facts, change_of, changed_fields, origin_of
from agent.settings import Source
from agent.wire import Outcome
from db.queries import arrivals, contact_changes, contacts, in_place, removals
from db.records import ChangeRecord, ContactRecord, RecordingRecord, RemovalRecord


@dataclass(frozen=True, slots=True)
class _Match:
    written_at_ms: int
    """When the recording was last written."""
    recording: RecordingRecord
    relative_name: str
    """As the recording was called, below its spool."""


class LateSidecars:
    def __init__(self, house: Installation, leaving: Leaving, calls: KnownCalls) -> None:
        self._house = house
        self._leaving = leaving
        self._calls = calls
        self._recordings = Recordings(house)

    def take_in(self, source: Source, spool_fd: int, opened: Opened, relative_name: str) -> Taken | None:
        """Take a sidecar in, if its recording is there.

        Returns:
            What became of it; None when no recording of this name came lately, or the file is larger than a sidecar:
            it stays where it lies.

        Raises:
            SourceChanged: it is still being written.
            RecordingUnreadable: it stays where it lies until its recording can be read.
            RegisterUnwritable, OSError: nothing was kept; it lies where it lay.
        """
        content = opened.read_at_most(SIDECAR_LIMIT_BYTES)
        match = self._match(source, relative_name)
        if match is None or len(content) > SIDECAR_LIMIT_BYTES:
            return None
        stays = source.mode == "in-place"
        if stays and (content == match.recording.sidecar or _is_second(spool_fd, relative_name, match)):
            return Taken(match.recording.contact_id, is_new=False)
        facts = self._facts(source, match, content)
        if not opened.is_unchanged():
            raise SourceChanged
        removal = removal_of(f"{match.recording.id}.{uuid4().hex}", source, relative_name, opened.identity)
        leaving = [] if stays else [removal]
        taken = self._house.register.write(lambda: self._enrich(match, facts, content, leaving))
        self._leaving.remove(spool_fd, leaving)
        return taken

    def is_taken_in(self, source: Source, relative_name: str, found: Identity) -> bool:
        """Whether this very file was taken in and could only not be removed."""
        return self._leaving.holds(source, os.fsencode(relative_name), found)

    def _match(self, source: Source, sidecar_name: str) -> _Match | None:
        with self._house.register.read():
            candidates = self._lying if source.mode == "in-place" else self._candidates
            for relative_name, recording_id, written_at_ms in candidates(source, sidecar_name):
                recording = contacts.recording(recording_id)
                if recording is not None and is_beside(sidecar_name, relative_name):
                    return _Match(written_at_ms, recording, relative_name)
        return None

    def _lying(self, source: Source, sidecar_name: str) -> Iterator[tuple[str, str, int]]:
        """Recordings in place that it may lie beside, however long ago they came."""
        for stem in stems_beside(sidecar_name):
            for suffix in (".wav", ".WAV"):
                for record in in_place.at_path(source.name, os.fsencode(stem + suffix)):
                    if record.state == PRESENT:
                        yield stem + suffix, record.recording_id, written_ns(record.identity) // 1_000_000

    def _candidates(self, source: Source, sidecar_name: str) -> Iterator[tuple[str, str, int]]:
        """Recordings that came lately and that it may have lain beside: name, id, when they were written."""
        for stem in stems_beside(sidecar_name):
            for arrival in arrivals.by_name(name_digest_of_stem(self._house.log, source, stem)):
                yield stem + arrival.suffix, arrival.recording_id, arrival.written_at_ms

    def _facts(self, source: Source, match: _Match, content: bytes) -> CallFacts:
        header, tags = self._recordings.what_it_says(match.recording)
        at = written_at(match.written_at_ms * 1_000_000)
        record_of = self._calls.record_of(source)
        return facts_of(source, self._house.settings, match.relative_name, content, header, tags, at, record_of)

    def _enrich(self, match: _Match, facts: CallFacts, content: bytes, leaving: list[RemovalRecord]) -> Taken:
        """Inside a transaction: the contact is read once more, it may have changed meanwhile."""
        recording = contacts.recording(match.recording.id)
        contact = None if recording is None else contacts.by_id(recording.contact_id)
        if recording is None or contact is None:
            raise SourceChanged  # it went while its sidecar was read; the sidecar stays
        own_name = match.relative_name.rpartition("/")[2].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        sidecar = kept_sidecar(content, own_name, facts)
        revised = _revised(contact, facts)
        changed = changed_fields(contact, revised)
        if not leaving and not changed and sidecar == recording.sidecar:
            return Taken(contact.id, revised.adviser_account, is_new=False)
        now_ms = self._house.now_ms()
        changes = [change_of(now_ms, name, contact, revised, SIDECAR) for name in changed]
        if recording.sidecar is not None:
            before = kept_sidecar(recording.sidecar, own_name, facts)
            changes.append(ChangeRecord(now_ms, "sidecar", before, None, SIDECAR))
        if revised.withheld:
            contact_changes.forget_values(contact.seq, "number")
        contact_changes.revise(revised, changes)
        contact_changes.revise_recording(recording.id, source_name=shown_name(own_name, facts), sidecar=sidecar)
        for removal in leaving:
            removals.add(removal)
        detail: dict[str, str | int | None] = {
            "recording": recording.id,
            "source": contact.source,
            "fields": " ".join(changed),
        }
        self._house.log.append(Draft(AGENT, "contact.enrich", Outcome.ALLOWED, target=contact.id, detail=detail))
        return Taken(contact.id, revised.adviser_account)


def _is_second(spool_fd: int, relative_name: str, match: _Match) -> bool:
    """Whether another sidecar of the recording lies there that comes before this one."""
    for name in sidecars_of(match.relative_name):
        if name == relative_name:
            return False
        with suppress(OSError):
            os.stat(name, dir_fd=spool_fd, follow_symlinks=False)
            return True
    return False


def _revised(contact: ContactRecord, facts: CallFacts) -> ContactRecord:
    """The contact with what is known now. Of several recordings each has its own evidence, and only what this one's
    sidecar says replaces what was known by the others.
    """
    new = by_facts(contact, facts)
    attention = facts.attention
    for remark in own_remarks(contact.attention):
        attention = with_remark(attention, remark)
    origins = {**json.loads(contact.provenance), **json.loads(provenance_text(facts.provenance))}
    if len(contact.recordings) == 1:
        return replace(new, attention=attention, provenance=json.dumps(origins, ensure_ascii=False))
    said = [name for name in FIELDS if facts.provenance[origin_of(name)].read_from == SIDECAR]
    kept = {name: getattr(contact, name) for name in FIELDS if name not in said}
    provenance = json.loads(contact.provenance)
    provenance.update({origin_of(name): origins[origin_of(name)] for name in said})
    return replace(new, **kept, attention=contact.attention, provenance=json.dumps(provenance, ensure_ascii=False))
