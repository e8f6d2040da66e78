"""Call records that are written after their recording was taken in: the contact then is what is known now.

Asterisk writes a call's line when it hangs up, often after the recording is closed. Recordings of the last day that say
which call they are of wait here for a line that says it was answered; after a start they are found again by when they
came. When the line is there, the evidence is weighed without it and with it: what differs is what the line says, and
only that changes in the contact, with its history. What somebody else said meanwhile, a sidecar or another leg, stays.

What is kept of a recording's name is its last part, so that one whose folders must be read to know its call waits for
nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.intake.catalogue import provenance_text, written_at
from agent.intake.known_calls import KnownCalls
from agent.intake.masking import kept_sidecar, shown_name
from agent.intake.metadata.conventions import read_name
from agent.intake.metadata.evidence import NAME
from agent.intake.metadata.facts import CallFacts, facts_of
from agent.intake.metadata.house import House
from agent.intake.metadata.master_csv import CallRecord
from agent.intake.metadata.sidecar import read_sidecar
from agent.intake.metadata.statement import CALL_RECORD, SIDECAR
from agent.intake.prepared import Taken
from agent.intake.recordings import Recordings, RecordingUnreadable
from agent.intake.remarks import own_remarks, with_remark
from agent.intake.revising import by_facts, change_of, changed_fields, origin_of
from agent.settings import Source
from agent.wire import Outcome
from db.queries import arrivals, contact_changes, contacts
from db.records import ContactRecord, LateArrivalRecord

AWAITED_MS = 24 * 3_600_000
AWAITED_LIMIT = 20_000
"""Recordings that wait at a time; the oldest are given up first."""
READ_AT_ONCE = 500
"""Of those that came, looked at before recordings are taken in again."""
OPENED_AT_ONCE = 64
"""Of those whose line has come."""

journal = logging.getLogger("earwitness.intake")


@dataclass(slots=True)
class _Awaiting:
    source: str
    call_id: str
    at_ms: int
    written_at_ms: int
    weighed: CallRecord | None = None
    """What was joined already: a call may have a line for each telephone that rang before the one that says more."""


class LateCalls:
    """For the intake's own thread.

    Args:
        house: The installation.
        calls: What the records say.
        taken: Told of every contact that changed.
    """

    def __init__(self, house: Installation, calls: KnownCalls, taken: Callable[[Taken], None]) -> None:
        self._house = house
        self._calls = calls
        self._taken = taken
        self._recordings = Recordings(house)
        self._sources = {source.name: source for source in house.settings.source if source.name in calls.sources}
        self._awaiting: dict[str, _Awaiting] = {}
        """By the id of the recording, in the order in which they came."""
        self._seen_to = 0
        self._read_lines: list[int] = []
        """Of each source's records, when they were looked at last."""
        self._is_behind = True
        """Something may be joined that was not."""

    def look(self) -> None:
        """Join what has come since the last time, some of it at a time.

        Raises:
            RegisterUnwritable: the next rescan tries again.
            OSError: the agent lacks something; the same.
        """
        if not self._sources:
            return
        read_lines = [self._calls.read_on(name) for name in self._sources]
        has_news, self._read_lines = read_lines != self._read_lines, read_lines
        has_more = self._await_new()
        if self._is_behind or has_more or has_news:
            self._is_behind = True  # until all is joined, also when that fails
            self._is_behind = not self._join() or has_more

    def _await_new(self) -> bool:
        now_ms = self._house.now_ms()
        with self._house.register.read():
            came = arrivals.since(self._seen_to, now_ms - AWAITED_MS, READ_AT_ONCE)
        for arrival in came:
            self._seen_to = arrival.seq
            source = self._sources.get(arrival.source)
            call_id = None if source is None else self._call_id(source, arrival)
            if call_id:
                awaiting = _Awaiting(arrival.source, call_id, arrival.at_ms, arrival.written_at_ms)
                self._awaiting[arrival.recording_id] = awaiting
        self._give_up(now_ms)
        self._is_behind = self._is_behind or bool(came)
        return len(came) == READ_AT_ONCE

    def _call_id(self, source: Source, arrival: LateArrivalRecord) -> str | None:
        named = read_name(source, arrival.source_name, House.of(self._house.settings, source).is_ours).call_id
        if named or arrival.sidecar is None:
            return named
        return read_sidecar(arrival.sidecar, source.sidecar, source.sidecar_of).texts.get("call_id")

    def _give_up(self, now_ms: int) -> None:
        excess = len(self._awaiting) - AWAITED_LIMIT
        for number, (recording_id, awaiting) in enumerate(list(self._awaiting.items())):
            if number < excess or awaiting.at_ms < now_ms - AWAITED_MS:
                del self._awaiting[recording_id]

    def _join(self) -> bool:
        """Whether all was joined that could be."""
        opened = 0
        for recording_id, awaiting in list(self._awaiting.items()):
            record = self._calls.of(awaiting.source, awaiting.call_id)
            if record is None or record == awaiting.weighed:
                continue
            if opened == OPENED_AT_ONCE:
                return False
            opened += 1
            try:
                self._weigh(recording_id, awaiting, record)
            except RecordingUnreadable as error:
                journal.error("a call record cannot be joined: %s", error)
                del self._awaiting[recording_id]
                continue
            awaiting.weighed = record
            if record.is_answered:
                del self._awaiting[recording_id]
        return True

    def _weigh(self, recording_id: str, awaiting: _Awaiting, record: CallRecord) -> None:
        with self._house.register.read():
            recording = contacts.recording(recording_id)
            contact = None if recording is None else contacts.by_id(recording.contact_id)
        if recording is None or contact is None or _leaves_nothing_open(contact):
            return
        source = self._sources[awaiting.source]
        header, tags = self._recordings.what_it_says(recording)

        def facts(record: CallRecord | None) -> CallFacts:
            return facts_of(
                source,
                self._house.settings,
                recording.source_name,
                recording.sidecar,
                header,
                tags,
                written_at(awaiting.written_at_ms * 1_000_000),
                lambda _call_id: None if record is None else record.statement(),
            )

        before, after = facts(awaiting.weighed), facts(record)
        if changed_fields(contact, _revised(contact, before, after)):
            enriched = self._house.register.write(lambda: self._enrich(recording_id, before, after))
            if enriched is not None:
                self._taken(enriched)

    def _enrich(self, recording_id: str, before: CallFacts, after: CallFacts) -> Taken | None:
        """Inside a transaction: the contact is read once more, it may have changed meanwhile."""
        recording = contacts.recording(recording_id)
        contact = None if recording is None else contacts.by_id(recording.contact_id)
        if recording is None or contact is None:
            return None  # it was erased
        revised = _revised(contact, before, after)
        changed = changed_fields(contact, revised)
        if not changed:
            return None
        now_ms = self._house.now_ms()
        if revised.withheld and not contact.withheld:
            contact_changes.forget_values(contact.seq, "number")
            own_name = recording.source_name
            contact_changes.revise_recording(
                recording.id,
                source_name=shown_name(own_name, after),
                sidecar=kept_sidecar(recording.sidecar, own_name, after),
            )
        contact_changes.revise(revised, [change_of(now_ms, name, contact, revised, CALL_RECORD) for name in changed])
        detail: dict[str, str | int | None] = {
            "recording": recording.id,
            "source": contact.source,
            "fields": " ".join(changed),
            "read_from": CALL_RECORD,
        }
        self._house.log.append(Draft(AGENT, "contact.enrich", Outcome.ALLOWED, target=contact.id, detail=detail))
        return Taken(contact.id, revised.adviser_account)


def _leaves_nothing_open(contact: ContactRecord) -> bool:
    """Whether sidecar and name have said all that a call record could: they are believed first."""
    said = (contact.direction, contact.number or contact.withheld, contact.adviser, contact.service, contact.extension)
    began = json.loads(contact.provenance)["started_at"]["read_from"]
    return all(said) and began in (SIDECAR, NAME)


def _revised(contact: ContactRecord, before: CallFacts, after: CallFacts) -> ContactRecord:
    """The contact with what the record says, where nothing else was said since it was weighed without it."""
    without, with_it = by_facts(contact, before), by_facts(contact, after)
    there, new = json.loads(contact.provenance), json.loads(provenance_text(after.provenance))
    said = [
        name
        for name in changed_fields(without, with_it)
        if getattr(contact, name) in (None, getattr(without, name))
        or there.get(origin_of(name), {}).get("read_from") == CALL_RECORD
    ]
    if contact.withheld:
        said = [name for name in said if origin_of(name) != "number"]
    there.update({origin_of(name): new[origin_of(name)] for name in said})
    attention = contact.attention
    if said and len(contact.recordings) == 1:
        attention = after.attention
        for remark in own_remarks(contact.attention):
            attention = with_remark(attention, remark)
    values = {name: getattr(with_it, name) for name in said}
    return replace(contact, attention=attention, provenance=json.dumps(there, ensure_ascii=False), **values)
