"""Recordings that came not long ago, as what comes after them finds them."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from peewee import fn

from db.models import Arrival, CallLeg, Contact, Facet, Recording
from db.queries.reading import asked, inserting, tuples, written_once
from db.records import ArrivalRecord, LateArrivalRecord

_NAMES = tuple(field.name for field in fields(ArrivalRecord))
_COLUMNS = (
    Arrival.recording,
    Arrival.at_ms,
    Arrival.name_digest,
    Arrival.suffix,
    Arrival.written_at_ms,
    Arrival.call_digest,
)
_add = inserting(Arrival, "recording_id", *_NAMES[1:])
_OF_CALL = written_once(
    lambda: (
        Arrival.select(Arrival.id, Contact.id)
        .join(Recording, on=Arrival.recording == Recording.id)
        .join(Contact, on=Recording.contact == Contact.seq)
        .where(Arrival.call_digest == "")
    )
)
_FORGOTTEN_AT_ONCE = 1000


def add(record: ArrivalRecord) -> None:
    _add(*(getattr(record, name) for name in _NAMES))


def by_name(name_digest: str) -> list[ArrivalRecord]:
    """Under one name without its suffix, the newest first."""
    return _records(Arrival.name_digest == name_digest)


def since(seq: int, from_ms: int, limit: int) -> list[LateArrivalRecord]:
    """Those that came after another one and not before a moment, in their order."""
    columns: tuple[Any, ...] = (
        Arrival.id,
        Arrival.recording,
        Facet.source,
        Arrival.at_ms,
        Arrival.written_at_ms,
        Recording.source_name,
        Recording.sidecar,
    )
    came = (
        Arrival.select(*columns)
        .join(Recording, on=Arrival.recording == Recording.id)
        .join(Contact, on=Recording.contact == Contact.seq)
        .join(Facet, on=Contact.facet == Facet.id)
        .where(Arrival.id > seq, Arrival.at_ms >= from_ms)
        .order_by(Arrival.id)
        .limit(limit)
    )
    return [LateArrivalRecord(*row) for row in tuples(came)]


def contact_of_call(call_digest: str) -> str | None:
    """The contact of the recordings that are one call; None when none of them came lately."""
    found = asked(_OF_CALL(), call_digest)
    return str(min(found)[1]) if found else None


def alone_with_a_leg(from_ms: int, until_ms: int) -> list[str]:
    """The contacts of legs that came between these moments and that are all there is of their call."""
    others = Recording.alias()
    legs = (
        Arrival.select(Contact.id)
        .join(Recording, on=Arrival.recording == Recording.id)
        .join(CallLeg, on=CallLeg.recording == Recording.id)
        .join(Contact, on=Recording.contact == Contact.seq)
        .where(
            Arrival.at_ms >= from_ms,
            Arrival.at_ms < until_ms,
            Arrival.call_digest.is_null(False),
            ~fn.EXISTS(others.select().where(others.contact == Recording.contact, others.id != Recording.id)),
        )
    )
    return [str(id) for (id,) in tuples(legs)]


def has_older(before_ms: int) -> bool:
    return bool(Arrival.select().where(Arrival.at_ms < before_ms).exists())


def forget(before_ms: int) -> int:
    """Forget those that came before a moment, some of them at a time; how many."""
    old = Arrival.select(Arrival.id).where(Arrival.at_ms < before_ms).limit(_FORGOTTEN_AT_ONCE)
    return int(Arrival.delete().where(Arrival.id.in_(old)).execute())


def _records(condition: Any) -> list[ArrivalRecord]:
    rows = tuples(Arrival.select(*_COLUMNS).where(condition).order_by(Arrival.id.desc()))
    return [ArrivalRecord(*row) for row in rows]
