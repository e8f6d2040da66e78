"""One entry of the log, whole; returns the query that the person goes on with."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from agent import wire
from tui.commands import Command
from tui.screens.shell import Dialog
from tui.text import _
from tui.widgets.contact_words import at_second, length_words, zone_words
from tui.widgets.key_hints import KeyHints
from tui.widgets.log_words import (
    contact_term,
    marked_outcome,
    outcome_tone,
    person_term,
    purpose_words_of,
    reason_words,
    who_words,
)
from tui.widgets.section import Line, Section, Words

NOTHING = "–"
PART_FIELDS = ("from_ms", "to_ms")
"""The stretch of a recording that was released, told as times."""


class EntryScreen(Dialog[str]):
    """Everything that an entry says."""

    CSS_PATH = "entry.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            action="this_contact",
            key="c",
            words=_("this contact"),
            help=_("Who accessed the contact of this entry."),
            hinted=True,
        ),
        Command(
            action="this_person",
            key="p",
            words=_("this person"),
            help=_("Everything that the person of this entry did."),
            hinted=True,
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

    def why_not(self, command: Command) -> str | None:
        if command.action == "this_contact" and contact_term(self._entry) is None:
            return _("This entry is not about a contact.")
        if command.action == "this_person" and person_term(self._entry) is None:
            return _("This entry has no person: the agent did it by itself.")
        return super().why_not(command)

    def action_this_contact(self) -> None:
        self.dismiss(contact_term(self._entry))

    def action_this_person(self) -> None:
        self.dismiss(person_term(self._entry))


def entry_lines(entry: wire.Entry) -> list[Line]:
    """A line for each field: what it is, and what it says."""
    uid = NOTHING if entry.actor.uid is None else str(entry.actor.uid)
    facts = [
        (_("time"), f"{at_second(entry.at)} {zone_words(entry.at)}"),
        (_("who"), who_words(entry)),
        (_("system user"), _("uid {uid}").format(uid=uid)),
        (_("by way of"), entry.actor.via or NOTHING),
        (_("action"), entry.action),
        (_("outcome"), marked_outcome(entry).strip()),
        (_("reason"), reason_words(entry) or NOTHING),
        (_("target"), entry.target or NOTHING),
        (_("purpose"), purpose_words_of(entry) or NOTHING),
        *_heard_part(entry),
        *_details(entry),
        (_("request"), entry.request_id or NOTHING),
    ]
    tone = outcome_tone(entry.outcome)
    outcome = _("outcome")
    return [(Words(label, "muted"), Words(said, tone if label == outcome else "")) for label, said in facts]


def _details(entry: wire.Entry) -> list[tuple[str, str]]:
    """What else the agent noted, under its own names."""
    return [
        (name, NOTHING if value is None else str(value))
        for name, value in entry.detail.items()
        if name not in PART_FIELDS
    ]


def _heard_part(entry: wire.Entry) -> list[tuple[str, str]]:
    start_ms, stop_ms = map(entry.detail.get, PART_FIELDS)
    if not isinstance(start_ms, int) or not isinstance(stop_ms, int):
        return []
    return [(_("part"), f"{length_words(start_ms / 1000)}–{length_words(stop_ms / 1000)}")]
