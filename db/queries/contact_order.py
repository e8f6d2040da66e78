"""The orders that contacts can be listed in, and the place of a contact in one."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Any

from db.models import Contact, Facet
from db.queries.contact_selection import Selection, unindexed
from db.queries.reading import first_tuple
from db.queries.words import bindable


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact stands: what the order compares first, then its `seq`."""

    value: int | str | None
    seq: int


@dataclass(frozen=True, slots=True)
class ByTime:
    """By start or by length, in the order of an index."""

    column: Any
    descending: bool

    def terms(self, *, indexed: bool) -> list[Any]:
        """What to order by; as expressions that no index serves, if asked so."""
        columns = [self.column, Contact.seq]
        if not indexed:
            columns = [unindexed(column) for column in columns]
        return [column.desc() if self.descending else column.asc() for column in columns]

    def place(self, contact_seq: int) -> Place | None:
        value = Contact.select(self.column).where(Contact.seq == contact_seq).scalar()
        return None if value is None else Place(int(value), contact_seq)

    def reversed(self) -> ByTime:
        return ByTime(self.column, not self.descending)

    def after(self, selection: Selection, place: Place) -> Selection:
        """Only what stands behind a place."""
        assert isinstance(place.value, int)
        bound = {"below": place.value + 1} if self.descending else {"at_least": place.value}
        name = "started" if self.column is Contact.started_at_ms else "lasted"
        narrowed = replace(selection, **{name: getattr(selection, name).within(**bound)})
        seq = unindexed(Contact.seq)
        behind = seq < place.seq if self.descending else seq > place.seq
        return narrowed.with_others((unindexed(self.column) != place.value) | behind)


@dataclass(frozen=True, slots=True)
class ByName:
    """By a name in the facet, those without one last; those of one name in the order of arrival."""

    column: Any
    descending: bool = False

    def terms(self) -> list[Any]:
        """What to order by, with the facet joined."""
        columns = [self.column.is_null(), self.column, unindexed(Contact.seq)]
        return [column.desc() if self.descending else column.asc() for column in columns]

    def place(self, contact_seq: int) -> Place | None:
        found = first_tuple(Contact.select(self.column).join(Facet).where(Contact.seq == contact_seq))
        return None if found is None else Place(found[0], contact_seq)

    def reversed(self) -> ByName:
        return ByName(self.column, not self.descending)

    def after(self, selection: Selection, place: Place) -> Selection:
        """Only what stands behind a place."""
        assert not isinstance(place.value, int)
        same = self.column >> place.value
        seq = unindexed(Contact.seq)
        behind = seq < place.seq if self.descending else seq > place.seq
        of_later = _has_facet(self._later(place.value))
        return selection.of_facets(same | self._later(place.value)).with_others(of_later | (_has_facet(same) & behind))

    def _later(self, name: str | None) -> Any:
        """A condition on `Facet`: its name comes after this one."""
        if self.descending:
            return self.column.is_null(False) if name is None else self.column < name
        return Facet.id < 0 if name is None else (self.column > name) | self.column.is_null()


Order = ByTime | ByName

ORDERS: dict[str, Order] = {
    "-started_at": ByTime(Contact.started_at_ms, descending=True),
    "started_at": ByTime(Contact.started_at_ms, descending=False),
    "-duration": ByTime(Contact.duration_ms, descending=True),
    "duration": ByTime(Contact.duration_ms, descending=False),
    "adviser": ByName(Facet.adviser_key),
    "service": ByName(Facet.service_key),
}


def cursor(place: Place) -> str:
    """A place as a text that means nothing to whoever holds it."""
    return base64.urlsafe_b64encode(json.dumps([place.value, place.seq]).encode()).decode()


def place_of(cursor: str, order: Order) -> Place:
    """The place that a cursor was made of.

    Raises:
        ValueError: it was not made of a place in this order.
    """
    read = json.loads(base64.b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True))
    match read:
        case [int(value), int(seq)] if isinstance(order, ByTime) and _fits(value) and _fits(seq):
            return Place(value, seq)
        case [str() | None as name, int(seq)] if isinstance(order, ByName) and _fits(seq):
            return Place(None if name is None else bindable(name), seq)
    raise ValueError("not a cursor")


def _fits(number: int) -> bool:
    """Whether SQLite can compare with it and with the next: 64 bits."""
    return abs(number) < 1 << 62


def _has_facet(condition: Any) -> Any:
    return unindexed(Contact.facet).in_(Facet.select(Facet.id).where(condition))
