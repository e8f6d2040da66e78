"""Releasing the untouched file of a quarantined item, for the vendor whose software may read it.

It may hold a voice like any recording: whoever takes it away states a purpose and a reason, and the entry is durable
before the first byte goes out.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from agent import wire
from agent.errors import Conflict, IntegrityBroken, NotFound, WrongUse
from agent.services.gate import Access, stated_purpose
from agent.services.listening import REASON_LIMIT, Stated
from agent.services.release import PIECE_BYTES
from agent.vault.keys import SealBroken
from agent.vault.sealed import SealedReader
from db.queries import quarantine
from db.records import QuarantineRecord


@dataclass(frozen=True, slots=True)
class FileRelease:
    """A quarantined file, already in the log and ready to go out."""

    item: QuarantineRecord
    first: bytes
    """Read before the entry was written: a broken seal at the beginning is a failure and no release."""
    reader: SealedReader
    access: Access

    def pieces(self) -> Generator[bytes]:
        """The bytes, authenticated piece by piece.

        Raises:
            IntegrityBroken: a piece is not what was sealed; nothing of it has gone out, and the log says so.
        """
        with self.reader:
            if self.first:
                yield self.first
            position = len(self.first)
            while position < self.item.size_bytes:
                try:
                    piece = self.reader.read_at(position, PIECE_BYTES)
                except SealBroken as error:
                    self.access.record(wire.Outcome.FAILED, IntegrityBroken.code)
                    raise IntegrityBroken(what=f"The seal of {error}") from error
                yield piece
                position += len(piece)


def released(access: Access, item_id: str, stated: Stated) -> FileRelease:
    """Release the file of an item. Inside the gate.

    Raises:
        PurposeRequired: no purpose of the notice's list.
        WrongUse: no reason.
        NotFound: there is no such item.
        Conflict: it was left in its spool, so that nothing is sealed.
    """
    access.purpose = stated_purpose(stated.purpose).value
    access.said = (stated.reason or "").strip()[:REASON_LIMIT] or None
    if access.said is None:
        raise WrongUse(what="an export needs a reason in words (--reason)")
    item = quarantine.by_id(item_id)
    if item is None:
        raise NotFound(kind="quarantined file", id=item_id)
    if item.wrapped_key is None or item.sha256 is None:
        raise Conflict(what="the file was left in its spool; there is nothing sealed to export")
    access.detail.update(size_bytes=item.size_bytes, sha256=item.sha256.hex())
    reader = access.house.vault.open(item.id, item.wrapped_key)
    try:
        first = reader.read_at(0, PIECE_BYTES)
        access.record(wire.Outcome.ALLOWED)
    except BaseException:
        reader.close()
        raise
    return FileRelease(item, first, reader, access)
