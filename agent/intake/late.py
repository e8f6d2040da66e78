"""Sidecars that come after their recording was taken in: read, kept, and the contact is what is known now.

A sidecar is matched to a recording that came lately by the digest of its name. The recording's header and tags are read
again from the vault, so that all the evidence is weighed anew; each field that changes keeps what it was before.
The sidecar leaves its spool as a recording does: only after all this is durable.

A sidecar whose recording has not come waits where it lies. Whoever watches may report it after a while.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.intake.catalogue import provenance_text, removal_of, written_at
from agent.intake.known_calls import KnownCalls
from agent.intake.leaving import Leaving
from agent.intake.masking import kept_sidecar, shown_name
from agent.intake.metadata.facts import CallFacts, facts_of
from agent.intake.metadata.sidecar import SIDECAR_LIMIT_BYTES
from agent.intake.metadata.statement import SIDECAR
from agent.intake.naming import is_beside, name_digest_of_stem, stems_beside
from agent.intake.opened import Opened
from agent.intake.prepared import SourceChanged, Taken
from agent.intake.remarks import own_remarks, with_remark
from agent.intake.revising import FIELDS, by_facts, change_of, changed_fields, origin_of
from agent.intake.tags import read_tags
from agent.intake.wav import read_header
from agent.settings import Source
from agent.wire import Outcome
from db.queries import arrivals, contact_changes, contacts, removals
from db.records import ArrivalRecord, ChangeRecord, ContactRecord, RecordingRecord, RemovalRecord


@dataclass(frozen=True, slots=True)
class _Match:
    arrival: ArrivalRecord
    recording: RecordingRecord
    relative_name: str
    """As the recording was called, below its spool."""


class LateSidecars:
    def __init__(self, house: Installation, leaving: Leaving, calls: KnownCalls) -> None:
        self._house = house
        self._leaving = leaving
        self._calls = calls

    def take_in(self, source: Source, spool_fd: int, opened: Opened, relative_name: str) -> Taken | None:
        """Take a sidecar in, if its recording is there.

        Returns:
            What became of it; None when no recording of this name came lately, or the file is larger than a sidecar:
            it stays where it lies.

        Raises:
            SourceChanged: it is still being written.
            SealBroken: the recording is not what was sealed.
            RegisterUnwritable, OSError: nothing was kept; it lies where it lay.
        """
        content = opened.read_at_most(SIDECAR_LIMIT_BYTES)
        match = self._match(source, relative_name)
        if match is None or len(content) > SIDECAR_LIMIT_BYTES:
            return None
        facts = self._facts(source, match, content)
        if not opened.is_unchanged():
            raise SourceChanged
        removal = removal_of(f"{match.recording.id}.{uuid4().hex}", source, relative_name, opened.identity)
        taken = self._house.register.write(lambda: self._enrich(match, facts, content, removal))
        self._leaving.remove(spool_fd, [removal])
        return taken

    def _match(self, source: Source, sidecar_name: str) -> _Match | None:
        with self._house.register.read():
            for relative_name, arrival in self._candidates(source, sidecar_name):
                recording = contacts.recording(arrival.recording_id)
                if recording is not None and is_beside(sidecar_name, relative_name):
                    return _Match(arrival, recording, relative_name)
        return None

    def _candidates(self, source: Source, sidecar_name: str) -> Iterator[tuple[str, ArrivalRecord]]:
        for stem in stems_beside(sidecar_name):
            for arrival in arrivals.by_name(name_digest_of_stem(self._house.log, source, stem)):
                yield stem + arrival.suffix, arrival

    def _facts(self, source: Source, match: _Match, content: bytes) -> CallFacts:
        recording = match.recording
        with self._house.vault.open(recording.id, recording.wrapped_key) as reader:
            file = io.BufferedReader(reader)
            header = read_header(file, recording.size_bytes)
            tags = read_tags(file, header)
        at = written_at(match.arrival.written_at_ms * 1_000_000)
        record_of = self._calls.record_of(source)
        return facts_of(source, self._house.settings, match.relative_name, content, header, tags, at, record_of)

    def _enrich(self, match: _Match, facts: CallFacts, content: bytes, removal: RemovalRecord) -> Taken:
        """Inside a transaction: the contact is read once more, it may have changed meanwhile."""
        recording = contacts.recording(match.recording.id)
        contact = None if recording is None else contacts.by_id(recording.contact_id)
        if recording is None or contact is None:
            raise SourceChanged  # it went while its sidecar was read; the sidecar stays
        own_name = match.relative_name.rpartition("/")[2].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        sidecar = kept_sidecar(content, own_name, facts)
        revised = _revised(contact, facts)
        changed = changed_fields(contact, revised)
        now_ms = self._house.now_ms()
        changes = [change_of(now_ms, name, contact, revised, SIDECAR) for name in changed]
        if recording.sidecar is not None:
            before = kept_sidecar(recording.sidecar, own_name, facts)
            changes.append(ChangeRecord(now_ms, "sidecar", before, None, SIDECAR))
        if revised.withheld:
            contact_changes.forget_values(contact.seq, "number")
        contact_changes.revise(revised, changes)
        contact_changes.revise_recording(recording.id, source_name=shown_name(own_name, facts), sidecar=sidecar)
        removals.add(removal)
        detail: dict[str, str | int | None] = {
            "recording": recording.id,
            "source": contact.source,
            "fields": " ".join(changed),
        }
        self._house.log.append(Draft(AGENT, "contact.enrich", Outcome.ALLOWED, target=contact.id, detail=detail))
        return Taken(contact.id, revised.adviser_account)


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
