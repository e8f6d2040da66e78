"""Whose recordings came last, in the order in which they arrived."""

from __future__ import annotations

from db.queries.reading import asked

_NEWEST = "SELECT MAX(rowid) FROM recording"
_ACCOUNTS = """
    SELECT DISTINCT facet.adviser_account
    FROM recording JOIN contact ON contact.seq = recording.contact_id JOIN facet ON facet.id = contact.facet_id
    WHERE recording.rowid > ?
"""


def newest() -> int:
    """The place of the recording that arrived last; 0 when there is none."""
    [(place,)] = asked(_NEWEST)
    return int(place or 0)


def accounts_since(place: int) -> set[str | None]:
    """Whose own contacts have got a recording since that place; None among them for nobody's own."""
    return {account for (account,) in asked(_ACCOUNTS, place)}
