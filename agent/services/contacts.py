"""Finding contacts, looking at one, and what people add to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from agent import wire
from agent.access.policy import Scope
from agent.errors import NotFound, WrongUse
from agent.services import stand_ins
from agent.services.bodies import contact_body, note_body, shown_contact_body
from agent.services.calendar import Calendar
from agent.services.caller import Caller
from agent.services.gate import Access, Gate
from agent.services.query import contact_terms
from agent.services.snapshot import Snapshots
from agent.wire import Capability
from db.queries import annotations as annotating
from db.queries import contact_changes, contacts, searches
from db.queries.contacts import ContactFilter, Term, TermKind
from db.records import ContactRecord

LISTING = "contacts"
POSITION_TOLERANCE_MS = 1000
"""How far behind the end a note may stand: players round, and lengths of some encodings are estimates."""


@dataclass(frozen=True, slots=True)
class _Search:
    access: Access
    wanted: ContactFilter
    token: str
    """Snapshot token for further pages."""


class Contacts:
    """What people can do with contacts. Every method raises what `agent.services.gate` does."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._house = gate.house
        self._snapshots = Snapshots(gate.house.keys.snapshot)
        self._calendar = Calendar.of(gate.house.settings)

    # --- finding ---------------------------------------------------------------------------------------------------

    def search(
        self,
        caller: Caller,
        query: str,
        *,
        offset: int,
        limit: int,
        sort: wire.ContactSort,
        as_of: str | None,
        cursor: str | None,
    ) -> wire.Page[wire.Contact]:
        """A page of a search. The query is one entry in the log, its further pages under `as_of` are none."""
        with self._searching(caller, query, as_of) as search:
            next_cursor: str | None = None
            if offset:
                rows = contacts.page(search.wanted, sort=sort.value, offset=offset, limit=limit)
            else:
                rows, next_cursor = _page_after(search.wanted, sort, cursor, limit)
            search.access.detail["shown"] = len(rows)
            return wire.Page[wire.Contact](
                items=[contact_body(row) for row in rows], as_of=search.token, next_cursor=next_cursor
            )

    def count(self, caller: Caller, query: str, *, as_of: str | None, newer: bool) -> wire.Count:
        """How many a search holds, or how many have come since its snapshot."""
        with self._searching(caller, query, as_of) as search:
            wanted = search.wanted
            if newer:
                wanted = replace(wanted, up_to_seq=None, after_seq=wanted.up_to_seq)
            return wire.Count(count=contacts.count(wanted), as_of=search.token)

    def position(
        self, caller: Caller, contact_id: str, query: str, *, as_of: str, sort: wire.ContactSort
    ) -> wire.Position:
        """Where a contact stands in a search."""
        with self._searching(caller, query, as_of) as search:
            offset = contacts.position(search.wanted, sort=sort.value, contact_id=contact_id)
            return wire.Position(offset=offset)

    @contextmanager
    def _searching(self, caller: Caller, query: str, as_of: str | None) -> Iterator[_Search]:
        """The gate for a search: a new query writes its entry, a page under its own snapshot does not."""
        session = caller.person.session.id
        listing = f"{LISTING}/{caller.rights.scope.word}"  # more rights in mid-session are a new query
        up_to = self._snapshots.up_to(as_of, session=session, listing=listing, query=query)
        needs = Capability.CONTACT_SEARCH
        with self._gate.access(caller, "contact.search", needs=needs, is_covered=up_to is not None) as access:
            terms = contact_terms(query, **self._calendar.now(self._house.now_ms()))
            self._name(access, terms)
            newest = contacts.newest_seq() if up_to is None else up_to
            own_of = None if caller.rights.scope is Scope.ALL else caller.user
            token = self._snapshots.token(session=session, listing=listing, query=query, up_to=newest)
            yield _Search(access, ContactFilter(terms, own_of=own_of, up_to_seq=newest), token)

    def _name(self, access: Access, terms: Sequence[Term]) -> None:
        """Say in the entry what was searched, without anything about a customer; the words stand beside the log."""
        access.detail["query"], words = stand_ins.of_query(terms, self._house.log.digest)
        if self._house.settings.log.words_days:
            access.searched = words

    # --- looking at one --------------------------------------------------------------------------------------------

    def show(self, caller: Caller, contact_id: str) -> wire.ShownContact:
        target = self.target(contact_id)
        with self._gate.access(caller, "contact.show", needs=Capability.CONTACT_SHOW, target=target):
            found = self.permitted(caller, contact_id)
            return shown_contact_body(found, annotating.notes(found.id), contact_changes.history(found.id))

    def target(self, contact_id: str) -> str:
        """What the log calls a contact: its id, or a digest when there is none, since a number may have been typed."""
        with self._gate.reading():
            is_known = contacts.by_id(contact_id) is not None
        return contact_id if is_known else self._house.log.digest("contact", contact_id)

    def permitted(self, caller: Caller, contact_id: str) -> ContactRecord:
        """A contact by its id, when the caller's scope holds it. Inside the gate.

        Raises:
            NotFound: there is none.
            OutOfScope: it is not the caller's.
        """
        found = contacts.by_id(contact_id)
        if found is None:
            raise NotFound(kind="contact", id=contact_id)
        self._gate.require_scope(caller, found)
        return found

    # --- what people add ---------------------------------------------------------------------------------------------

    def add_note(self, caller: Caller, contact_id: str, new: wire.NewNote) -> wire.Note:
        with self._annotating(caller, "contact.note", contact_id) as access:
            position_ms = _position_ms(self.permitted(caller, contact_id), new.position_s)
            note = access.commit(
                lambda: annotating.add_note(
                    contact_id,
                    at_ms=self._house.now_ms(),
                    author=caller.user,
                    text=new.text,
                    position_ms=position_ms,
                )
            )
            return note_body(note)

    def add_tag(self, caller: Caller, contact_id: str, new: wire.NewTag) -> None:
        with self._annotating(caller, "contact.tag", contact_id) as access:
            self.permitted(caller, contact_id)
            access.detail["tag"] = self._tag_for_the_log(new.tag)
            access.commit(lambda: annotating.add_tag(contact_id, new.tag))

    def remove_tag(self, caller: Caller, contact_id: str, tag: str) -> None:
        with self._annotating(caller, "contact.untag", contact_id) as access:
            if tag not in self.permitted(caller, contact_id).tags:
                raise NotFound(kind="tag", id=tag)
            access.detail["tag"] = self._tag_for_the_log(tag)
            access.commit(lambda: annotating.remove_tag(contact_id, tag))

    def _annotating(self, caller: Caller, action: str, contact_id: str) -> AbstractContextManager[Access]:
        return self._gate.access(caller, action, needs=Capability.CONTACT_ANNOTATE, target=self.target(contact_id))

    def _tag_for_the_log(self, tag: str) -> str:
        """The same stand-in as in a search for it: a tag may be somebody's name."""
        return stand_ins.stand_in(Term(TermKind.TAG, tag), self._house.log.digest)

    # --- saved searches ----------------------------------------------------------------------------------------------

    def saved_searches(self, caller: Caller) -> wire.Page[wire.SavedSearch]:
        with self._gate.access(caller, "search.list", needs=Capability.CONTACT_SEARCH):
            found = [wire.SavedSearch(name=name, query=query) for name, query in searches.saved(caller.user)]
            return wire.Page[wire.SavedSearch](items=found, as_of="")

    def save_search(self, caller: Caller, new: wire.NewSavedSearch) -> None:
        with self._gate.access(caller, "search.save", needs=Capability.CONTACT_SEARCH) as access:
            access.commit(lambda: searches.save(caller.user, new.name, new.query))

    def forget_search(self, caller: Caller, name: str) -> None:
        with self._gate.access(caller, "search.forget", needs=Capability.CONTACT_SEARCH) as access:
            if name not in dict(searches.saved(caller.user)):
                raise NotFound(kind="saved search", id=name)
            access.commit(lambda: searches.forget(caller.user, name))


def _position_ms(contact: ContactRecord, position_s: float | None) -> int | None:
    if position_s is None:
        return None
    if not 0 <= position_s * 1000 <= contact.duration_ms + POSITION_TOLERANCE_MS:
        raise WrongUse(what="the call ends before that moment")
    return round(position_s * 1000)


def _page_after(
    wanted: ContactFilter, sort: wire.ContactSort, cursor: str | None, limit: int
) -> tuple[list[ContactRecord], str | None]:
    try:
        return contacts.page_after(wanted, sort=sort.value, cursor=cursor, limit=limit)
    except ValueError as error:
        raise WrongUse(what="the cursor is not one that this search gave") from error
