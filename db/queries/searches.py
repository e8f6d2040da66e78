"""Searches that an account has saved."""

from __future__ import annotations

from db.models import SavedSearch


def saved(user: str) -> list[tuple[str, str]]:
    """(name, query) of each, by name."""
    rows = SavedSearch.select().where(SavedSearch.account == user).order_by(SavedSearch.name)
    return [(row.name, row.query) for row in rows]


def save(user: str, name: str, query: str) -> None:
    """Save a search; one of the same name is replaced."""
    SavedSearch.insert(account=user, name=name, query=query).on_conflict_replace().execute()


def forget(user: str, name: str) -> bool:
    """Remove a saved search; False when there is none of that name."""
    gone = SavedSearch.delete().where(SavedSearch.account == user, SavedSearch.name == name).execute()
    return bool(gone)
