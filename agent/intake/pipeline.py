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

import base64
import io
import json
import logging
import os
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from agent.audit.entry import AGENT, Draft
from agent.installation import Installation
from agent.intake.masking import kept_sidecar, shown_name
from agent.intake.metadata.facts import CallFacts, facts_of
from agent.intake.metadata.sidecar import SIDECAR_LIMIT_BYTES, sidecars_of
from agent.intake.opened import Identity, NotRegular, Opened, open_in_spool
from agent.intake.removal import remove
from agent.intake.tags import read_tags
from agent.intake.wav import NotWav, WavHeader, read_header
from agent.settings import Source
from agent.vault.store import Sealed
from agent.wire import Medium, Outcome, Provenance
from db.engine import RegisterUnwritable
from db.queries import contacts, quarantine, removals
from db.records import ContactRecord, QuarantineRecord, RecordingRecord, RemovalRecord

Step = Literal["opened", "sealed", "committed", "removed", "forgotten"]
ID_BYTES = 8
_LAST_S = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
_File = tuple[str, bytes, int, int, int]
"""Source, path, inode, size and time of writing: enough to know a file again."""

journal = logging.getLogger("earwitness.intake")


class SourceChanged(Exception):
    """The file was written to, or replaced, while it was read: it is not complete after all."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    contact_id: str | None
    """None when it went to the quarantine."""
    account: str | None = None
    """Whose own call it is."""


@dataclass(frozen=True, slots=True)
class _Sidecar:
    """What lies beside a recording."""

    content: bytes | None = None
    """None when there is nothing; cut off where it is larger than a sidecar."""
    removal: RemovalRecord | None = None
    """None when it stays where it lies."""

    @property
    def kept(self) -> bytes | None:
        return None if self.removal is None else self.content


class Pipeline:
    """Takes files in.

    Args:
        house: Where they go.
        reached: Told of every step, for tests that crash there.
    """

    def __init__(self, house: Installation, reached: Callable[[Step], None] = lambda step: None) -> None:
        self._house = house
        self._reached = reached
        self._unremoved: dict[_File, RemovalRecord] = {}
        """Files that are taken in and could not be removed; they must not be taken in again."""

    # --- the way in --------------------------------------------------------------------------------------------------

    def take_in(self, source: Source, spool_fd: int, opened: Opened, relative_name: str) -> Taken:
        """Take in a file that is complete.

        Raises:
            SourceChanged: it is not complete after all; nothing was kept.
            RegisterUnwritable, OSError: disk full, I/O error; the source lies where it lay.
        """
        self._reached("opened")
        with opened.file() as file:
            try:
                header = read_header(file, opened.identity.size_bytes)
            except NotWav as reason:
                return self._quarantine(source, spool_fd, opened, relative_name, reason)
            tags = read_tags(file, header)
            recording_id = uuid.uuid4().hex
            sealed = self._house.vault.seal(recording_id, file)
        self._reached("sealed")
        try:
            self._require_unchanged(opened, sealed)
            sidecar = _sidecar_of(spool_fd, source, relative_name, recording_id)
            facts = facts_of(
                source,
                self._house.settings,
                relative_name,
                sidecar.content,
                header,
                tags,
                _written_at(opened.identity),
            )
            recording = _recording(recording_id, relative_name, facts, header, sealed, sidecar.kept)
            contact = self._contact(source, facts, header, recording)
            leaving = [_removal(recording_id, source, relative_name, opened)]
            leaving += [sidecar.removal] if sidecar.removal else []
        except BaseException:
            self._house.vault.discard(recording_id)
            raise
        self._commit(recording_id, lambda: self._keep_contact(contact, leaving))
        for removal in leaving:
            self._remove(spool_fd, removal)
        return Taken(contact.id, contact.adviser_account)

    def _require_unchanged(self, opened: Opened, sealed: Sealed) -> None:
        if not opened.is_unchanged() or sealed.size_bytes != opened.identity.size_bytes:
            raise SourceChanged

    def _commit(self, sealed_id: str, keep: Callable[[], None]) -> None:
        """Make the rows of a sealed file durable, or take the sealed file back."""
        try:
            self._house.register.write(keep)
        except BaseException:
            self._house.vault.discard(sealed_id)
            raise
        self._reached("committed")

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

    def _contact(
        self, source: Source, facts: CallFacts, header: WavHeader, recording: RecordingRecord
    ) -> ContactRecord:
        return ContactRecord(
            seq=0,
            id=new_contact_id(),
            medium=Medium.CALL.value,
            started_at_ms=round(facts.started_at.timestamp() * 1000),
            duration_ms=header.duration_ms,
            direction=None if facts.direction is None else facts.direction.value,
            number=facts.number,
            withheld=facts.withheld,
            adviser=facts.adviser_name,
            adviser_account=facts.adviser_account,
            service=facts.service,
            extension=facts.extension,
            source=source.name,
            zone=source.zone,
            taken_in_at_ms=self._house.now_ms(),
            attention=facts.attention,
            provenance=_provenance_text(facts.provenance),
            recordings=(recording,),
        )

    # --- the quarantine ----------------------------------------------------------------------------------------------

    def _quarantine(self, source: Source, spool_fd: int, opened: Opened, relative_name: str, reason: NotWav) -> Taken:
        """Seal what is no recording too: it may hold a voice all the same."""
        item_id = uuid.uuid4().hex
        with opened.file() as file:
            sealed = self._house.vault.seal(item_id, file)
        self._reached("sealed")
        try:
            self._require_unchanged(opened, sealed)
            sidecar = _sidecar_of(spool_fd, source, relative_name, item_id)
        except BaseException:
            self._house.vault.discard(item_id)
            raise
        record = QuarantineRecord(
            id=item_id,
            at_ms=self._house.now_ms(),
            source=source.name,
            path=os.fsencode(relative_name),
            reason=reason.reason,
            detail="",
            size_bytes=sealed.size_bytes,
            identity=identity_text(opened.identity),
            sha256=sealed.sha256,
            wrapped_key=sealed.wrapped_key,
            sidecar=sidecar.kept,
        )
        leaving = [_removal(item_id, source, relative_name, opened)]
        leaving += [sidecar.removal] if sidecar.removal else []
        self._commit(item_id, lambda: self._keep_quarantined(record, leaving))
        for removal in leaving:
            self._remove(spool_fd, removal)
        return Taken(None)

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
    ) -> str:
        """Note what cannot even be opened, and leave it where it lies; the id of the note.

        Args:
            instead_of: The note of an earlier state of the same file, which ends.

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
                self._end_left(instead_of)
            self._keep_quarantined(record, [])

        self._house.register.write(job)
        return record.id

    def end_left(self, ids: Iterable[str]) -> None:
        """Note that files which were left where they lay lie there no longer: removed by somebody, or taken in.

        Raises:
            RegisterUnwritable: it is not noted; the next rescan tries again.
        """

        def job() -> None:
            for item_id in ids:
                self._end_left(item_id)

        self._house.register.write(job)

    def _end_left(self, item_id: str) -> None:
        if quarantine.end(item_id, self._house.now_ms()):
            self._house.log.append(Draft(AGENT, "quarantine.end", Outcome.ALLOWED, target=item_id))

    def _keep_quarantined(self, record: QuarantineRecord, leaving: Iterable[RemovalRecord]) -> None:
        quarantine.add(record)
        for removal in leaving:
            removals.add(removal)
        self._house.log.append(
            Draft(
                actor=AGENT,
                action="quarantine.add",
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

    def taken_from_quarantine(self, item: QuarantineRecord) -> ContactRecord:
        """The contact that a sealed item of the quarantine makes when it is read once more. Nothing is written.

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
        quarantined_at = datetime.fromtimestamp(item.at_ms / 1000, UTC)
        facts = facts_of(source, self._house.settings, relative_name, item.sidecar, header, tags, quarantined_at)
        sealed = Sealed(item.sha256, item.size_bytes, item.wrapped_key)
        recording = _recording(item.id, relative_name, facts, header, sealed, item.sidecar)
        return self._contact(source, facts, header, recording)

    # --- the end of the way ------------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Bring what a crash has left to its end. Before anything is taken in, and with nobody else at work."""
        vault = self._house.vault
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
        self.finish_removals()

    def is_taken_in(self, source: Source, relative_name: str, found: Identity) -> bool:
        """Whether this very file was taken in and could not be removed; another one under its name was not."""
        path = os.fsencode(relative_name)
        return (source.name, path, found.inode, found.size_bytes, found.mtime_ns) in self._unremoved

    def finish_removals(self) -> None:
        """Try again to remove sources that could not be removed when they were taken in."""
        unremoved = list(self._unremoved.values())  # at once: workers add to it meanwhile
        for source in self._house.settings.source:
            left = [removal for removal in unremoved if removal.source == source.name]
            if not left:
                continue
            try:
                with spool_of(source) as spool_fd:
                    for removal in left:
                        self._remove(spool_fd, removal)
            except OSError:
                continue  # the spool is away; its watcher says so

    def _remove(self, spool_fd: int, removal: RemovalRecord) -> None:
        """Remove a source whose sealed copy is durable, or remember that it could not be."""
        try:
            remove(spool_fd, removal)
            self._reached("removed")
            self._house.register.write(lambda: removals.done(removal.id))
        except (OSError, RegisterUnwritable):
            self._unremoved[_file_of(removal)] = removal
            return
        self._unremoved.pop(_file_of(removal), None)
        self._reached("forgotten")


@contextmanager
def spool_of(source: Source) -> Iterator[int]:
    """A descriptor of a source's spool.

    Raises:
        OSError: it is not there, or not to be read.
    """
    descriptor = os.open(source.spool, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def new_contact_id() -> str:
    """60 bits by chance, as 12 letters and digits that are hard to mistake for each other."""
    return base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower()[:12]


def identity_text(found: Identity) -> str:
    """One state of one file, in a text that can be stored."""
    return f"{found.device}:{found.inode}:{found.size_bytes}:{found.ctime_ns}"


def _sidecar_of(spool_fd: int, source: Source, relative_name: str, recording_id: str) -> _Sidecar:
    """What lies beside a recording, when it can be read.

    Raises:
        SourceChanged: it was written to while it was read.
    """
    for beside in sidecars_of(relative_name):
        try:
            with open_in_spool(spool_fd, beside) as opened:
                content = opened.read_at_most(SIDECAR_LIMIT_BYTES)
                if len(content) > SIDECAR_LIMIT_BYTES:
                    return _Sidecar(content)
                if not opened.is_unchanged():
                    raise SourceChanged
                return _Sidecar(content, _removal(f"{recording_id}.sidecar", source, beside, opened))
        except (NotRegular, OSError):
            continue
    return _Sidecar()


def _file_of(removal: RemovalRecord) -> _File:
    return removal.source, removal.path, removal.inode, removal.size_bytes, removal.mtime_ns


def _written_at(found: Identity) -> datetime:
    """When a file was last written; a time that is none becomes the nearest that is one."""
    return datetime.fromtimestamp(min(max(found.mtime_ns / 1e9, 0.0), _LAST_S), UTC)


def _removal(removal_id: str, source: Source, relative_name: str, opened: Opened) -> RemovalRecord:
    return RemovalRecord(
        id=removal_id,
        source=source.name,
        path=os.fsencode(relative_name),
        device=opened.identity.device,
        inode=opened.identity.inode,
        size_bytes=opened.identity.size_bytes,
        mtime_ns=opened.identity.mtime_ns,
    )


def _recording(
    recording_id: str,
    relative_name: str,
    facts: CallFacts,
    header: WavHeader,
    sealed: Sealed,
    sidecar: bytes | None,
) -> RecordingRecord:
    name = _own_name(relative_name)
    return RecordingRecord(
        id=recording_id,
        contact_id="",
        sha256=sealed.sha256,
        size_bytes=sealed.size_bytes,
        encoding=_encoding_word(header),
        rate_hz=header.rate_hz,
        channels=header.channels,
        bits=header.bits,
        duration_ms=header.duration_ms,
        interrupted=bool(header.interrupted),
        source_name=shown_name(name, facts),
        data_offset=header.data_offset,
        data_bytes=header.data_bytes,
        block_bytes=header.block_bytes,
        block_frames=header.block_frames,
        wrapped_key=sealed.wrapped_key,
        sidecar=kept_sidecar(sidecar, name, facts),
    )


def _encoding_word(header: WavHeader) -> str:
    """The encoding, with the byte order where it is not the usual one."""
    is_swapped = header.is_big_endian and header.encoding in ("pcm", "float")
    return f"{header.encoding}_be" if is_swapped else header.encoding


def _own_name(relative_name: str) -> str:
    """The file's own name; bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(relative_name.rpartition("/")[2]).decode("utf-8", "replace")


def _provenance_text(provenance: Mapping[str, Provenance]) -> str:
    return json.dumps({name: origin.model_dump() for name, origin in provenance.items()}, ensure_ascii=False)
