"""Releasing sound: a part to listen to, the whole file as an export, a picture of it.

Each release is an entry that names the recording and the part, durable before the first byte goes out, and another
one that says how much went out (`release`). Seconds in entries are those of the bytes; for encodings of varying rate
they are a close estimate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent import wire
from agent.errors import NotFound, RangeUnavailable, WrongUse
from agent.intake.recordings import Recordings
from agent.services.caller import Caller
from agent.services.contacts import Contacts
from agent.services.gate import Access, Gate, stated_purpose
from agent.services.release import PIECE_BYTES, Release, Releases, part_for_the_log
from agent.services.waveform import Waveforms
from agent.wire import Capability
from db.queries import annotations as annotating
from db.records import ContactRecord, RecordingRecord

CASE_REFERENCE = re.compile(r"[\w./-]{1,40}")
REASON_LIMIT = 1000
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stated:
    """Why a recording is opened, as it came with the request."""

    purpose: str | None
    case: str | None = None
    reason: str | None = None


class Listening:
    """See the module. Every method raises what `agent.services.gate` does."""

    def __init__(self, gate: Gate, contacts: Contacts, recordings: Recordings) -> None:
        self._gate = gate
        self.releases = Releases(gate.house)
        self._recordings = recordings
        self._contacts = contacts
        self._waveforms = Waveforms(recordings)

    def listen(
        self, caller: Caller, contact_id: str, recording_id: str | None, stated: Stated, wanted: str | None
    ) -> Release:
        """Release a part to hear.

        Args:
            caller: Who asks.
            contact_id: Of the contact.
            recording_id: One of its recordings; None for its first.
            stated: The purpose, with a case where there is one.
            wanted: The value of a Range header (RFC 9110, section 14.2); None for all of it.

        Raises:
            PurposeRequired: no purpose of the notice's list.
            RangeUnavailable: the recording ends before the part.
        """
        target = self._contacts.target(contact_id)
        with self._gate.access(caller, "contact.listen", needs=Capability.CONTACT_LISTEN, target=target) as access:
            return self._release(access, caller, contact_id, recording_id, stated, wanted)

    def export(self, caller: Caller, contact_id: str, recording_id: str | None, stated: Stated) -> Release:
        """Release a whole file to keep; a reason in words is required.

        Raises:
            PurposeRequired: no purpose of the notice's list.
            WrongUse: no reason.
        """
        target = self._contacts.target(contact_id)
        with self._gate.access(caller, "contact.export", needs=Capability.CONTACT_EXPORT, target=target) as access:
            if not (stated.reason or "").strip():
                raise WrongUse(what="an export needs a reason in words (--reason)")
            return self._release(access, caller, contact_id, recording_id, stated, None)

    def waveform(self, caller: Caller, contact_id: str, recording_id: str | None, columns: int) -> wire.Waveform:
        """The picture of a recording: part of looking at a contact, with an entry of its own."""
        target = self._contacts.target(contact_id)
        with self._gate.access(caller, "contact.waveform", needs=Capability.CONTACT_SHOW, target=target) as access:
            recording = _recording_of(self._contacts.permitted(caller, contact_id), recording_id)
            access.detail["recording"] = recording.id
            return self._waveforms.of(recording, columns)

    def _release(
        self,
        access: Access,
        caller: Caller,
        contact_id: str,
        recording_id: str | None,
        stated: Stated,
        wanted: str | None,
    ) -> Release:
        access.purpose = stated_purpose(stated.purpose).value
        access.case = _case_reference(stated.case)
        access.said = (stated.reason or "").strip()[:REASON_LIMIT] or None
        contact = self._contacts.permitted(caller, contact_id)
        recording = _recording_of(contact, recording_id)
        start, stop = _part(wanted, recording.size_bytes)
        access.detail.update(part_for_the_log(recording, start, stop))
        reader = self._recordings.open(recording)
        case = access.case
        try:
            first = reader.read_at(start, min(PIECE_BYTES, stop - start))
            if case is not None and case not in contact.cases:
                access.commit(lambda: annotating.link_case(contact.id, case), is_repeatable=True)
            else:
                access.record(wire.Outcome.ALLOWED)
        except BaseException:
            reader.close()
            raise
        release = Release(recording, start, stop, first, reader, access, self.releases)
        self.releases.begun(release)
        return release


def _recording_of(contact: ContactRecord, recording_id: str | None) -> RecordingRecord:
    for recording in contact.recordings:
        if recording_id in (None, recording.id):
            return recording
    raise NotFound(kind="recording", id=recording_id or contact.id)


def _case_reference(case: str | None) -> str | None:
    if not case:
        return None
    if not CASE_REFERENCE.fullmatch(case):
        raise WrongUse(what="a case reference has up to 40 letters, digits, dots, dashes, slashes")
    return case


def _part(wanted: str | None, size_bytes: int) -> tuple[int, int]:
    """Start and stop of a Range header; one that is malformed or asks for several parts counts as none."""
    match = _RANGE.fullmatch(wanted.replace(" ", "")) if wanted else None
    if match is None or not any(match.groups()):
        return 0, size_bytes
    first, last = match.groups()
    if not first:
        start, stop = max(0, size_bytes - int(last)), size_bytes
    elif last and int(last) < int(first):
        return 0, size_bytes
    else:
        start, stop = int(first), min(int(last) + 1 if last else size_bytes, size_bytes)
    if start >= stop:
        raise RangeUnavailable(size=str(size_bytes))
    return start, stop
