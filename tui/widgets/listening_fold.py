"""One listening told as one: the entries of its parts, where they stand next to each other in the list.

A recording is fetched in parts and each part is an entry, so that the log says what was released even when the
listener's machine dies. In the list the newest entry of a run carries the whole stretch and the others step back. They
keep their lines: the list is read in pages by row numbers, which rows that vanish would shift. No widget, no I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, takewhile

from agent import wire
from tui.widgets.log_words import FOLDED, PART_FIELDS

Rows = Callable[[int], wire.Entry | None]
"""The entry at a row, newest first; None where it is not here."""
ONE_GO_S = 900
"""Parts further apart than this are two listenings."""
LONGEST_RUN = 500
"""Rows that are looked at for one listening: an hour of it in parts of ten seconds."""


def continues(newer: wire.Entry | None, older: wire.Entry | None) -> bool:
    """Whether two entries next to each other are parts of one listening."""
    if newer is None or older is None or newer.action not in ("contact.listen", "contact.released"):
        return False
    return _kind(newer) == _kind(older) and 0 <= (newer.at - older.at).total_seconds() <= ONE_GO_S


def is_continuation(index: int, rows: Rows) -> bool:
    """Whether the row belongs to the one above it."""
    return index > 0 and continues(rows(index - 1), rows(index))


def folded(index: int, rows: Rows) -> wire.Entry | None:
    """The entry at a row, with the stretch and the number of its run when it is the first of several."""
    first = rows(index)
    run = list(_run(index, rows))
    if first is None or len(run) < 2:
        return first
    starts, stops = ([end for one in run if isinstance(end := one.detail.get(name), int)] for name in PART_FIELDS)
    if not starts or not stops:
        return first
    stretch = dict(zip(PART_FIELDS, (min(starts), max(stops)), strict=True))
    return first.model_copy(update={"detail": {**first.detail, **stretch, FOLDED: len(run)}})


def _run(index: int, rows: Rows) -> Iterator[wire.Entry]:
    below = takewhile(lambda row: continues(rows(row - 1), rows(row)), count(index + 1))
    for row in [index, *takewhile(lambda row: row < index + LONGEST_RUN, below)]:
        if (entry := rows(row)) is not None:
            yield entry


def _kind(entry: wire.Entry) -> tuple[object, ...]:
    """What the parts of one listening have in common."""
    actor, said = entry.actor, entry.detail.get("recording")
    return entry.action, entry.outcome, actor.account, actor.uid, entry.target, entry.purpose, entry.case, said
