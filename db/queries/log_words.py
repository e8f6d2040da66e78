"""The words behind the digests of the log. They stand beside it, so that they can be erased and it cannot."""

from __future__ import annotations

from collections.abc import Iterable

from db.engine import database
from db.models import Said
from db.queries.reading import tuples
from db.queries.words import bindable

REASON = "reason"
SEARCH = "search"
OPENER = "opener"
"""The command line and the forebears of a process that opened a file past the agent."""


def keep(kind: str, digest: str, text: str, at_ms: int) -> None:
    """Keep the words behind a digest, or, when they are kept already, that they were typed again."""
    database.execute_sql(
        "INSERT INTO said (digest, kind, text, at_ms) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (digest) DO UPDATE SET at_ms = excluded.at_ms",
        (digest, kind, bindable(text), at_ms),
    )


def behind(digests: Iterable[str]) -> dict[str, str]:
    """The words behind digests, as far as they have not been erased."""
    rows = tuples(Said.select(Said.digest, Said.text).where(Said.digest.in_(list(digests))))
    return {str(digest): str(text) for digest, text in rows}


def count_before(kind: str, before_ms: int) -> int:
    """How many `forget_before` would erase."""
    return int(Said.select().where(Said.kind == kind, Said.at_ms < before_ms).count())


def forget_before(kind: str, before_ms: int) -> int:
    """Erase what was last typed before an instant; how many words."""
    return int(Said.delete().where(Said.kind == kind, Said.at_ms < before_ms).execute())
