"""One entry of the log, whole; returns the query that the person goes on with."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from agent import wire
from agent.wire import Capability
from tui.commands import Command
from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.action_words import action_sentence
from tui.widgets.contact_words import at_second, zone_words
from tui.widgets.entry_commands import ENTRY_COMMANDS, GoesOnFromEntry
from tui.widgets.entry_terms import has_contact
from tui.widgets.key_hints import KeyHints
from tui.widgets.log_words import (
    PART_FIELDS,
    entry_tone,
    marked_outcome,
    part_words,
    purpose_words_of,
    reason_words,
    who_words,
)
from tui.widgets.section import Line, Section, Words

NOTHING = "–"


class EntryScreen(GoesOnFromEntry, Dialog[str]):
    """Everything that an entry says."""

    CSS_PATH = "entry.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        *ENTRY_COMMANDS,
        Command(
            action="open_contact",
            key="v",
            words=_("view contact"),
            help=_("Open the contact itself, for those who may see it."),
            capability=Capability.CONTACT_SHOW,
        ),
    )

    def __init__(self, entry: wire.Entry) -> None:
        super().__init__()
        self._entry = entry

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box"):
            yield Section(_("Entry {seq} of the log").format(seq=self._entry.seq), columns=2)
        yield KeyHints()

    def on_mount(self) -> None:
        self.query_one(Section).show(list(entry_lines(self._entry)))
        self.query_one(".box").focus()

    @property
    def entry_in_hand(self) -> wire.Entry:
        return self._entry

    def go_on_with(self, query: str) -> None:
        self.dismiss(query)

    def why_not(self, command: Command) -> str | None:
        if command.action == "open_contact" and not has_contact(self._entry):
            return _("The entry is not about a contact.")
        return super().why_not(command)

    def action_open_contact(self) -> None:
        # The contact's screen brings the player with it, which the log need not wait for.
        from tui.screens.contact import ContactScreen

        if self._entry.target is not None:
            self.app.push_screen(ContactScreen(self._entry.target))


def entry_lines(entry: wire.Entry) -> list[Line]:
    """A line for each field: what it is, and what it says."""
    uid = NOTHING if entry.actor.uid is None else str(entry.actor.uid)
    facts = [
        (_("what"), Words(action_sentence(entry.action) or entry.action)),
        (_("time"), Words(f"{at_second(entry.at)} {zone_words(entry.at)}")),
        (_("who"), Words(who_words(entry))),
        (_("system user"), Words(_("uid {uid}").format(uid=uid))),
        (_("by way of"), Words(entry.actor.via or NOTHING)),
        (_("action"), Words(entry.action)),
        (_("outcome"), Words(marked_outcome(entry).strip(), entry_tone(entry))),
        (_("reason"), Words(reason_words(entry) or NOTHING)),
        (_("target"), Words(entry.target or NOTHING)),
        (_("purpose"), Words(purpose_words_of(entry) or NOTHING)),
        *_heard_part(entry),
        *_details(entry),
        (_("session"), Words(entry.actor.session or NOTHING)),
        (_("request"), Words(entry.request_id or NOTHING)),
        (_("leaf"), Words(_("number {seq} of the tree, from 0").format(seq=entry.seq))),
    ]
    return [(Words(label, "muted"), said) for label, said in facts]


def _details(entry: wire.Entry) -> list[tuple[str, Words]]:
    """What else the agent noted, under its own names."""
    return [
        (name, Words(NOTHING if value is None else str(value)))
        for name, value in entry.detail.items()
        if name not in PART_FIELDS
    ]


def _heard_part(entry: wire.Entry) -> list[tuple[str, Words]]:
    part = part_words(entry)
    return [(_("part"), Words(part))] if part else []
