"""Recordings that lie where their recorder left them: where that is, in which state they were found last, and which of
those states stand open.
"""

from __future__ import annotations

from typing import Any

from peewee import Tuple, fn

from db.models import Contact, InPlace, Recording
from db.queries.reading import inserting, tuples
from db.records import InPlaceRecord, OpenStateRecord

LAST_SEQ = (1 << 63) - 1
"""No entry comes after it."""
_add = inserting(InPlace, "recording_id", "source", "path", "identity", "state")


def add(record: InPlaceRecord) -> None:
    """Add one; its recording is there already, and says the rest."""
    _add(record.recording_id, record.source, record.path, record.identity, record.state)


def of_recording(recording_id: str) -> InPlaceRecord | None:
    return next(iter(_records(_selected().where(InPlace.recording == recording_id))), None)


def at_path(source: str, path: bytes) -> list[InPlaceRecord]:
    """Those that lie there, or lay there when they were found last."""
    return _records(_selected().where(InPlace.source == source, InPlace.path == path))


def with_content(source: str, sha256: bytes) -> list[InPlaceRecord]:
    return _records(_selected().where(Recording.sha256 == sha256, InPlace.source == source))


def found(recording_id: str, *, path: bytes, identity: str, state: str) -> None:
    """Say how one was found now."""
    now: dict[Any, Any] = {InPlace.path: path, InPlace.identity: identity, InPlace.state: state}
    InPlace.update(now).where(InPlace.recording == recording_id).execute()


def of_source(source: str, after: InPlaceRecord | None, limit: int) -> list[InPlaceRecord]:
    """Some of a source in the order of their paths, from the first on or from the one that came last before."""
    wanted = _selected().where(InPlace.source == source)
    if after is not None:
        wanted = wanted.where(Tuple(InPlace.path, InPlace.recording) > Tuple(after.path, after.recording_id))
    return _records(wanted.order_by(InPlace.path, InPlace.recording).limit(limit))


def note(recording_id: str, seq: int | None) -> None:
    """Let the state of one stand open, by the entry that tells of it; None: no longer."""
    InPlace.update({InPlace.noted_seq: seq}).where(InPlace.recording == recording_id).execute()


def open_states(source: str, up_to_seq: int = LAST_SEQ) -> list[OpenStateRecord]:
    """What stands open of a source, as far as entries up to one tell of it."""
    columns = (InPlace.state, fn.COUNT(InPlace.state), fn.MAX(InPlace.noted_seq))
    counted = InPlace.select(*columns).where(*_open(source, up_to_seq)).group_by(InPlace.state)
    return [OpenStateRecord(*row) for row in tuples(counted)]


def acknowledge(source: str, up_to_seq: int) -> None:
    """Let nothing of that stand open any longer."""
    InPlace.update({InPlace.noted_seq: None}).where(*_open(source, up_to_seq)).execute()


def _open(source: str, up_to_seq: int) -> tuple[Any, Any]:
    return InPlace.source == source, InPlace.noted_seq.between(0, up_to_seq)


def _selected() -> Any:
    columns = (InPlace.recording, Contact.id, Recording.sha256, InPlace.source, InPlace.path)
    selected = InPlace.select(*columns, InPlace.identity, InPlace.state)
    return selected.join(Recording, on=InPlace.recording == Recording.id).join(Contact)


def _records(query: Any) -> list[InPlaceRecord]:
    return [InPlaceRecord(row[0], row[1], bytes(row[2]), row[3], bytes(row[4]), *row[5:]) for row in tuples(query)]
