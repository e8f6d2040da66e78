"""Where one goes on from an entry of the log, in the list and on the entry itself: the same keys, each a search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent import wire
from tui.commands import Command, Offering
from tui.text import _
from tui.widgets.entry_terms import contact_term, day_terms, person_term, request_term, system_user_term


@dataclass(frozen=True, kw_only=True)
class _Way:
    key: str
    words: str
    help: str
    query: Callable[[wire.Entry], str | None]
    why_not: str
    """What is said when the entry has no such thing."""


_WAYS = {
    "contact": _Way(
        key="c",
        words=_("this contact"),
        help=_("The whole life of this contact: who accessed it, also directly."),
        query=contact_term,
        why_not=_("The entry is not about a contact."),
    ),
    "person": _Way(
        key="p",
        words=_("this person"),
        help=_("Everything that the person of this entry did."),
        query=person_term,
        why_not=_("The entry has no person: the agent did it by itself."),
    ),
    "day": _Way(
        key="t",
        words=_("their day"),
        help=_("What this person did on that day; o and O then go a day back and forth."),
        query=day_terms,
        why_not=_("The entry has no person: the agent did it by itself."),
    ),
    "request": _Way(
        key="q",
        words=_("this request"),
        help=_("The entries of the same request: what was intended, and what came of it."),
        query=request_term,
        why_not=_("The entry has no request: the agent did it by itself."),
    ),
    "user": _Way(
        key="u",
        words=_("this system user"),
        help=_("Everything from the same user of the operating system, whoever had signed in."),
        query=system_user_term,
        why_not=_("The entry has no user of the operating system."),
    ),
}
_HINTED = ("contact", "person", "day")

ENTRY_COMMANDS = tuple(
    Command(action=f"go_on('{name}')", key=way.key, words=way.words, help=way.help, hinted=name in _HINTED)
    for name, way in _WAYS.items()
)

UNHINTED_ENTRY_COMMANDS = tuple(replace(command, hinted=False) for command in ENTRY_COMMANDS)
"""The same where the line of hints has no room for them."""

if TYPE_CHECKING:
    _Mixin = Offering
else:
    _Mixin = object


class GoesOnFromEntry(_Mixin):
    """A screen with an entry in hand: derive from it in front, and have `ENTRY_COMMANDS` among its `OFFERS`."""

    @property
    def entry_in_hand(self) -> wire.Entry | None:
        raise NotImplementedError

    def go_on_with(self, query: str) -> None:
        raise NotImplementedError

    def why_not(self, command: Command) -> str | None:
        name = command.action.removeprefix("go_on('").removesuffix("')")
        if name != command.action:
            way = _WAYS[name]
            entry = self.entry_in_hand
            if entry is None:
                return _("No entry is selected.")
            if way.query(entry) is None:
                return way.why_not
        return super().why_not(command)

    def action_go_on(self, name: str) -> None:
        entry = self.entry_in_hand
        query = _WAYS[name].query(entry) if entry is not None else None
        if query is not None:
            self.go_on_with(query)
