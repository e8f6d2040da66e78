"""The table of contacts: its columns, and where its rows come from."""

from __future__ import annotations

from datetime import datetime

from agent import wire
from agent.client import Client
from agent.wire import Contact, ContactSort
from tui.text import _, pgettext
from tui.widgets.columns import Column, Tone
from tui.widgets.contact_words import (
    adviser_words,
    at_minute,
    direction_letters,
    length_words,
    number_words,
    service_words,
)
from tui.widgets.record_source import RecordSource
from tui.widgets.record_table import RecordTable


def _attention_words(contact: Contact) -> str:
    """The number of notes, and a mark when somebody should look at it."""
    notes = str(contact.notes) if contact.notes else ""
    return f"! {notes}".strip() if contact.attention else notes


def _attention_tone(contact: Contact) -> Tone:
    return "warning" if contact.attention else ""


def _number_tone(contact: Contact) -> Tone:
    return "muted" if contact.number is None else ""


def _adviser_tone(contact: Contact) -> Tone:
    return "muted" if contact.adviser is None else ""


def _service_tone(contact: Contact) -> Tone:
    return "muted" if contact.service is None else ""


COLUMNS: tuple[Column[Contact], ...] = (
    Column(label=_("start"), width=16, words=lambda contact: at_minute(contact.started_at)),
    Column(label=_("dir"), width=3, words=direction_letters),
    Column(label=_("service"), width=11, most=20, words=service_words, tone=_service_tone),
    Column(label=_("adviser"), width=14, most=24, words=adviser_words, tone=_adviser_tone),
    Column(label=_("number"), width=16, most=18, words=number_words, tone=_number_tone),
    Column(label=_("length"), width=7, align="right", words=lambda contact: length_words(contact.duration_s)),
    Column(label=pgettext("column", "note"), width=4, align="right", words=_attention_words, tone=_attention_tone),
)
"""They fill 79 cells: a line of 80 and its scroll bar."""


class ContactSource(RecordSource[Contact]):
    """One search in one order."""

    def __init__(self, client: Client, query: str, sort: ContactSort = ContactSort.NEWEST) -> None:
        self._client = client
        self.query = query
        self.sort = sort

    async def page(self, *, offset: int, limit: int, as_of: str | None) -> wire.Page[Contact]:
        return await self._client.contacts(self.query, offset=offset, limit=limit, sort=self.sort, as_of=as_of)

    async def count(self, *, as_of: str) -> int:
        return (await self._client.contact_count(self.query, as_of=as_of)).count

    async def newer(self, *, as_of: str) -> int:
        return (await self._client.contact_count(self.query, as_of=as_of, newer=True)).count

    async def position(self, row: Contact, *, offset: int, was: str, as_of: str) -> int | None:
        position = await self._client.contact_position(row.id, self.query, as_of=as_of, sort=self.sort)
        return position.offset

    def identity(self, row: Contact) -> str:
        return row.id

    def instant(self, row: Contact) -> datetime | None:
        return row.started_at if self.sort is ContactSort.NEWEST else None


class ContactsTable(RecordTable[Contact]):
    """The table of contacts."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(COLUMNS, empty_words=_("No contact is found."), id=id)
