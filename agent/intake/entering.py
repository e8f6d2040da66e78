"""A recording enters the register: as a new contact, or as one more recording of a call that is there already.

Whichever leg of a call comes first makes the contact, and the others join it, also after a restart: the call is known
by a digest of its key (`NameFacts.call_key`) for as long as arrivals are remembered. The same content once more is a
contact of its own, and says which one it repeats: it may be another call's silence, and nothing is dropped.

Everything here runs inside a transaction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.intake.prepared import Taken
from agent.intake.remarks import ONE_LEG, repeats, with_remark, without_remark
from agent.wire import Outcome, Provenance
from db.queries import arrivals, contact_changes, contacts, removals
from db.records import ArrivalRecord, ChangeRecord, ContactRecord, RecordingRecord, RemovalRecord

_PLAIN = re.compile(r"[A-Za-z0-9_]{1,16}")
FILLED_IN = ("direction", "number", "adviser", "adviser_account", "service", "extension")
"""Fields that a later leg may know and an earlier one not."""
ANOTHER_LEG = "another leg"


class Entering:
    def __init__(self, house: Installation) -> None:
        self._house = house

    def enter(
        self,
        contact: ContactRecord,
        arrival: ArrivalRecord,
        leaving: Iterable[RemovalRecord],
        *,
        kept: str | None = None,
    ) -> Taken:
        """Write the rows and the entry of a recording that is sealed.

        Args:
            contact: As it is by this recording alone.
            arrival: What later arrivals will find it by.
            leaving: What is to be removed from its spool.
            kept: How it is kept, for the entry, when it is not sealed.
        """
        [recording] = contact.recordings
        same_as = contact_changes.first_with_content(recording.sha256, recording.size_bytes)
        joined = _missing_leg(arrival.call_digest, recording.leg)
        if joined is None:
            if same_as is not None:
                contact = _repeating(contact, same_as)
            contacts.add(contact)
            entered, action = contact, "contact.take_in"
        else:
            entered, action = self._join(joined, contact), "contact.join"
        arrivals.add(arrival)
        for removal in leaving:
            removals.add(removal)
        draft = _entry(action, entered.id, contact.source, recording, same_as)
        if kept is not None:
            draft = replace(draft, detail={**draft.detail, "kept": kept})
        self._house.log.append(draft)
        return Taken(entered.id, entered.adviser_account)

    def _join(self, contact: ContactRecord, by_itself: ContactRecord) -> ContactRecord:
        [recording] = by_itself.recordings
        contact_changes.join(contact, recording)
        known = {
            name: getattr(by_itself, name)
            for name in FILLED_IN
            if getattr(contact, name) is None and getattr(by_itself, name) is not None
        }
        if contact.withheld or by_itself.withheld:
            known.pop("number", None)
        attention = by_itself.attention if known else contact.attention
        revised = replace(
            contact,
            duration_ms=max(contact.duration_ms, recording.duration_ms),
            attention=without_remark(attention, ONE_LEG),
            provenance=_filled_in(contact.provenance, by_itself.provenance, known),
            **known,
        )
        now_ms = self._house.now_ms()
        changes = [ChangeRecord(now_ms, name, None, str(value).encode(), ANOTHER_LEG) for name, value in known.items()]
        contact_changes.revise(revised, changes)
        return revised


def _missing_leg(call_digest: str | None, leg: str) -> ContactRecord | None:
    """The contact of a call that has come without this leg; the same leg once more is no part of it."""
    contact_id = None if call_digest is None else arrivals.contact_of_call(call_digest)
    contact = None if contact_id is None else contacts.by_id(contact_id)
    has_it = contact is not None and any(recording.leg == leg for recording in contact.recordings)
    return None if has_it else contact


def _entry(action: str, contact_id: str, source: str, recording: RecordingRecord, same_as: str | None) -> Draft:
    detail: dict[str, str | int | None] = {
        "recording": recording.id,
        "sha256": recording.sha256.hex(),
        "size_bytes": recording.size_bytes,
        "source": source,
        "interrupted": "yes" if recording.interrupted else "no",
    }
    if recording.leg:
        # What a recorder calls a leg is text from outside: a word of it, or none.
        detail["leg"] = recording.leg if _PLAIN.fullmatch(recording.leg) else "other"
    if same_as is not None:
        detail["same_as"] = same_as
    return Draft(AGENT, action, Outcome.ALLOWED, target=contact_id, detail=detail)


def _repeating(contact: ContactRecord, same_as: str) -> ContactRecord:
    provenance = json.loads(contact.provenance)
    provenance["content"] = Provenance(read_from="samples", said=same_as, problem="the same recording").model_dump()
    return replace(
        contact,
        attention=with_remark(contact.attention, repeats(same_as)),
        provenance=json.dumps(provenance, ensure_ascii=False),
    )


def _filled_in(provenance: str, by_itself: str, known: Iterable[str]) -> str:
    there, new = json.loads(provenance), json.loads(by_itself)
    there.update({name: new[name] for name in known if name in new})
    return json.dumps(there, ensure_ascii=False)
