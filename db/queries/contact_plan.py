"""How a search is carried out: what it begins with, and in which order it goes on.

SQLite's planner would need statistics that are current to choose well. Here the choice is made from what is known: the
number of contacts of each facet, and a count of every other beginning that stops when it is no longer few. Few contacts
are fetched and sorted. Many are walked in the order of an index that holds all that is asked, until the page is full.
"""

from __future__ import annotations

from typing import Any

from peewee import fn

from db.models import Contact, Facet
from db.queries.contact_order import ByName, ByTime, Order
from db.queries.contact_selection import Members, Selection, unindexed
from db.queries.reading import tuples

FEW_INDEXED = 20_000
"""Contacts that are fetched and sorted at most, when an index holds all that is asked."""
FEW_MEMBERS = 5_000
"""The same where each contact's own row must be read."""
NEWER_ROWS = 50_000
"""Contacts newer than a snapshot that are counted one by one at most."""

Lead = Members | Any
"""What a search begins with: a set, or the first column of an index."""


def count(selection: Selection) -> int:
    if selection.is_of_facets and (counted := _count_facets(selection)) is not None:
        return counted
    few = _few_lead(selection)
    return int(_where(selection, _count_lead(selection) if few is None else few).count())


def seqs(selection: Selection, order: Order, *, offset: int, limit: int) -> list[int]:
    """The wanted part of the list, as `seq`."""
    lead = _few_lead(selection)
    if lead is not None:
        return _sorted(selection, lead, order, offset, limit)
    if isinstance(order, ByName):
        return _by_group(selection, order, offset, limit)
    return _walked(selection, order, offset, limit)


def _sorted(selection: Selection, lead: Lead, order: Order, offset: int, limit: int) -> list[int]:
    rows = _where(selection, lead)
    if isinstance(order, ByName):
        rows = rows.join(Facet).order_by(*order.terms())
    else:
        rows = rows.order_by(*order.terms(indexed=False))
    return _seqs(rows, offset, limit)


def _walked(selection: Selection, order: ByTime, offset: int, limit: int) -> list[int]:
    """Along the order's own index, from the end that is nearer when it is known how many there are."""
    total = _count_facets(selection) if offset > FEW_INDEXED and selection.is_of_facets else None
    if total is not None and offset > total // 2:
        size = max(0, min(limit, total - offset))
        rows = _where(selection, order.column).order_by(*order.reversed().terms(indexed=True))
        return _seqs(rows, max(0, total - offset - size), size)[::-1]
    return _seqs(_where(selection, order.column).order_by(*order.terms(indexed=True)), offset, limit)


def _by_group(selection: Selection, order: ByName, offset: int, limit: int) -> list[int]:
    """Name by name, skipping those that the offset leaves behind."""
    names = Facet.select(order.column).where(*selection.facet, Facet.contacts > 0).distinct()
    found: list[int] = []
    for (name,) in tuples(names.order_by(order.column.is_null(), order.column)):
        group = selection.of_facets(order.column >> name)
        size = count(group) if offset else None
        if size is not None and size <= offset:
            offset -= size
            continue
        rows = _where(group, Contact.facet).order_by(unindexed(Contact.seq))
        found += _seqs(rows, offset, limit - len(found))
        offset = 0
        if len(found) == limit:
            break
    return found


def _where(selection: Selection, lead: Lead) -> Any:
    """Select the `seq` of what is wanted, in such a form that only the lead's index can be used."""

    def on(column: Any) -> Any:
        return column if column is lead else unindexed(column)

    conditions = [
        *selection.started.on(on(Contact.started_at_ms)),
        *selection.lasted.on(on(Contact.duration_ms)),
        *selection.arrived.on(on(Contact.seq)),
        *(Contact.seq.in_(found.seqs) if found is lead else found.holds for found in selection.members),
        *selection.others,
    ]
    if selection.facet:
        conditions.append(on(Contact.facet).in_(selection.facet_ids()))
    rows = Contact.select(Contact.seq)
    return rows.where(*conditions) if conditions else rows


def _few_lead(selection: Selection) -> Lead | None:
    """What to begin with so that only few contacts are looked at; None when nothing is so few."""
    for found in selection.members:
        if _is_few(found.seqs, FEW_MEMBERS):
            return found
    if selection.facet and _contacts(selection) <= FEW_INDEXED:
        return Contact.facet
    for bounds, column in (
        (selection.started, Contact.started_at_ms),
        (selection.lasted, Contact.duration_ms),
    ):
        if bounds and _is_few(Contact.select(column).where(*bounds.on(column)), FEW_INDEXED):
            return column
    if selection.arrived.at_least is not None:
        newer = Contact.select(Contact.seq).where(*selection.arrived.on(Contact.seq))
        if _is_few(newer, FEW_MEMBERS):
            return Contact.seq
    return None


def _count_lead(selection: Selection) -> Lead:
    """What to count along: the index of which the smallest part is read."""
    if selection.facet and _contacts(selection) * 3 < _all_contacts():
        return Contact.facet
    if selection.lasted and not selection.started:
        return Contact.duration_ms
    return Contact.started_at_ms


def _count_facets(selection: Selection) -> int | None:
    """From the facets' own numbers, less what is newer than the snapshot; None when that would be long to count."""
    if selection.arrived.at_least is not None:
        return None
    total = _contacts(selection)
    if selection.arrived.below is None:
        return total
    newer = Contact.select(Contact.seq).where(Contact.seq >= selection.arrived.below)
    if not _is_few(newer, NEWER_ROWS):
        return None
    if selection.facet:
        newer = newer.where(unindexed(Contact.facet).in_(selection.facet_ids()))
    return total - int(newer.count())


def _contacts(selection: Selection) -> int:
    wanted = Facet.select(fn.SUM(Facet.contacts))
    if selection.facet:
        wanted = wanted.where(*selection.facet)
    return int(wanted.scalar() or 0)


def _all_contacts() -> int:
    return int(Facet.select(fn.SUM(Facet.contacts)).scalar() or 0)


def _is_few(rows: Any, limit: int) -> bool:
    return int(rows.limit(limit + 1).count()) <= limit


def _seqs(rows: Any, offset: int, limit: int) -> list[int]:
    return [seq for (seq,) in tuples(rows.offset(offset).limit(limit))]
