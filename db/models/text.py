"""The words that free text is searched in (SQLite FTS5, sqlite.org/fts5.html).

Words are folded to lower case and nothing more: å, ä and ö are letters of their own.
"""

from __future__ import annotations

from typing import Any, ClassVar

from playhouse.sqlite_ext import FTS5Model, SearchField

from db.engine import database

_column: Any = SearchField  # peewee gives it no types
_WORDS: dict[str, str] = {"tokenize": "unicode61 remove_diacritics 0", "prefix": "'2 3 4'"}


class ContactText(FTS5Model):
    """What people wrote about a contact, under its `seq`; a contact without notes and tags has no row."""

    words = _column()

    class Meta:
        database = database
        table_name = "contact_text"
        options: ClassVar[dict[str, str]] = _WORDS


class FacetText(FTS5Model):
    """The names in a facet, under its id."""

    adviser = _column()
    service = _column()

    class Meta:
        database = database
        table_name = "facet_text"
        options: ClassVar[dict[str, str]] = _WORDS
