"""What a search wants, sorted by what can answer it.

A term asks one of three things of a contact: something of its facet, answered in the small table of facets; something
of its start, length or place in the order of arrival, which every index holds; or that it belongs to a set of contacts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Any

from peewee import SQL, NodeList, fn

from db.models import Contact, Facet
from db.queries import contact_sets
from db.queries.contact_terms import ContactFilter, Term, TermKind
from db.queries.words import bindable, folded, phrases, words_of


@dataclass(frozen=True, slots=True)
class Bounds:
    """From `at_least` on, up to and not including `below`."""

    at_least: int | None = None
    below: int | None = None

    def within(self, *, at_least: int | None = None, below: int | None = None) -> Bounds:
        """The same, narrowed."""
        lows = [bound for bound in (self.at_least, at_least) if bound is not None]
        highs = [bound for bound in (self.below, below) if bound is not None]
        return Bounds(max(lows, default=None), min(highs, default=None))

    def on(self, column: Any) -> list[Any]:
        """As conditions on a column."""
        low = [] if self.at_least is None else [column >= self.at_least]
        high = [] if self.below is None else [column < self.below]
        return low + high

    def __bool__(self) -> bool:
        return self.at_least is not None or self.below is not None


@dataclass(frozen=True, slots=True)
class Members:
    """A set that every contact wanted is in."""

    seqs: Any
    """A select of them, to begin with."""
    holds: Any
    """The same as a condition on `Contact`, for when something else was begun with."""


@dataclass(frozen=True, slots=True)
class Selection:
    facet: tuple[Any, ...] = ()
    """Conditions on `Facet`."""
    started: Bounds = Bounds()
    lasted: Bounds = Bounds()
    arrived: Bounds = Bounds()
    members: tuple[Members, ...] = ()
    others: tuple[Any, ...] = ()
    """Conditions on `Contact` that no index can begin with."""

    @property
    def is_of_facets(self) -> bool:
        """Whether nothing but facets and the order of arrival is asked about."""
        return not (self.started or self.lasted or self.members or self.others)

    def facet_ids(self) -> Any:
        """Select the facets wanted."""
        return Facet.select(Facet.id).where(*self.facet)

    def of_facets(self, *conditions: Any) -> Selection:
        return replace(self, facet=self.facet + conditions)

    def with_others(self, *conditions: Any) -> Selection:
        return replace(self, others=self.others + conditions)


def selection(wanted: ContactFilter) -> Selection:
    """Sort what is wanted by what can answer it."""
    sorted_out = Selection()
    if wanted.own_of is not None:
        sorted_out = sorted_out.of_facets(Facet.adviser_account == bindable(wanted.own_of))
    for term in wanted.terms:
        sorted_out = _SORTED.get(term.kind, _add_facet_term)(sorted_out, term)
    below = None if wanted.up_to_seq is None else wanted.up_to_seq + 1
    at_least = None if wanted.after_seq is None else wanted.after_seq + 1
    return replace(sorted_out, arrived=Bounds(at_least, below))


def unindexed(column: Any) -> Any:
    """The column as an expression that no index serves (sqlite.org/optoverview.html, 2: a unary `+`)."""
    return NodeList((SQL("+"), column), glue="")


def _add_bound(before: Selection, term: Term) -> Selection:
    is_low = (term.kind in (TermKind.AFTER, TermKind.LONGER)) != term.negated
    bound = {"at_least" if is_low else "below": int(term.value)}
    if term.kind in (TermKind.AFTER, TermKind.BEFORE):
        return replace(before, started=before.started.within(**bound))
    return replace(before, lasted=before.lasted.within(**bound))


def _add_gap(before: Selection, term: Term) -> Selection:
    from_ms, until_ms = map(int, str(term.value).split("/"))
    started = unindexed(Contact.started_at_ms)
    outside = (started < from_ms) | (started >= until_ms)
    return before.with_others(~outside if term.negated else outside)


def _add_members(before: Selection, term: Term) -> Selection:
    seqs = contact_sets.members(term)
    if term.negated:
        return before.with_others(unindexed(Contact.seq).not_in(seqs))
    return replace(before, members=(*before.members, Members(seqs, unindexed(Contact.seq).in_(seqs))))


def _add_text(before: Selection, term: Term) -> Selection:
    words = words_of(str(term.value))
    found = [
        (contact_sets.named(phrase), contact_sets.written(word, phrase))
        for word, phrase in zip(words, phrases(words), strict=True)
    ]
    if term.negated:
        return _without_words(before, found)
    if not found:
        return before.of_facets(SQL("0"))
    for facet_ids, seqs in found:
        before = _with_word(before, facet_ids, seqs)
    return before


def _with_word(before: Selection, facet_ids: Any | None, seqs: Any | None) -> Selection:
    if seqs is None:
        return before.of_facets(SQL("0") if facet_ids is None else Facet.id.in_(facet_ids))
    if facet_ids is not None:
        named = Contact.select(Contact.seq).where(Contact.facet.in_(facet_ids))
        return replace(before, members=(*before.members, Members(seqs | named, _has(facet_ids, seqs))))
    return replace(before, members=(*before.members, Members(seqs, _has(None, seqs))))


def _without_words(before: Selection, found: list[tuple[Any | None, Any | None]]) -> Selection:
    """Leave out what has all of these words."""
    if not found or any(facet_ids is None and seqs is None for facet_ids, seqs in found):
        return before
    if len(found) > 1:
        return before.with_others(~reduce(and_, [_has(*word) for word in found]))
    [(facet_ids, seqs)] = found
    if facet_ids is not None:
        before = before.of_facets(Facet.id.not_in(facet_ids))
    return before if seqs is None else before.with_others(unindexed(Contact.seq).not_in(seqs))


def _has(facet_ids: Any | None, seqs: Any | None) -> Any:
    named = [] if facet_ids is None else [unindexed(Contact.facet).in_(facet_ids)]
    written = [] if seqs is None else [unindexed(Contact.seq).in_(seqs)]
    return reduce(lambda either, other: either | other, named + written)


def _add_facet_term(before: Selection, term: Term) -> Selection:
    holds = _facet_condition(term)
    return before.of_facets(~holds if term.negated else holds)


def _facet_condition(term: Term) -> Any:
    """A condition that is never NULL, so that its "not" finds what has no value too."""
    value = str(term.value)
    match term.kind:
        case TermKind.ADVISER:
            return _begins(Facet.adviser_key, value) | _begins(Facet.account_key, value)
        case TermKind.SERVICE:
            return _begins(Facet.service_key, value)
        case TermKind.DIRECTION:
            return Facet.direction >> bindable(value)
        case TermKind.SOURCE:
            return Facet.source >> bindable(value)
        case TermKind.WITHHELD:
            return Facet.withheld >> True
        case TermKind.HAS_NOTE:
            return Facet.noted >> True
        case TermKind.ATTENTION:
            return Facet.attention >> True
        case _:
            raise ValueError(f"{term.kind} asks nothing of a facet")


def _begins(column: Any, value: str) -> Any:
    key = folded(value)
    return fn.SUBSTR(column, 1, len(key)) >> key


_SORTED: dict[TermKind, Callable[[Selection, Term], Selection]] = {
    TermKind.AFTER: _add_bound,
    TermKind.BEFORE: _add_bound,
    TermKind.OFF: _add_gap,
    TermKind.LONGER: _add_bound,
    TermKind.SHORTER: _add_bound,
    TermKind.NUMBER: _add_members,
    TermKind.NUMBER_ENDING: _add_members,
    TermKind.CASE: _add_members,
    TermKind.TAG: _add_members,
    TermKind.TEXT: _add_text,
}
