"""What the rules about odd things in the log look at: counted by SQLite, from one entry on."""

from __future__ import annotations

import json
from collections.abc import Collection

from db.queries.reading import asked
from db.records import ListeningRecord, TraceRecord

_LISTENINGS = """
    SELECT account, json_extract(CAST(leaf AS TEXT), '$.actor.session') AS session, target,
           MIN(seq), MIN(at_ms), MAX(at_ms), MAX(purpose = 'complaint')
    FROM entry
    WHERE action IN ('contact.listen', 'contact.export') AND seq >= ? AND outcome = 'allowed'
          AND account IS NOT NULL AND target IS NOT NULL
    GROUP BY 1, 2, 3
"""
_TRACE = "SELECT seq, at_ms, account, uid, action, target FROM entry"
_CHANGED = """
    SELECT EXISTS (SELECT 1 FROM entry WHERE action = 'contact.note' AND seq >= ?)
        OR EXISTS (SELECT 1 FROM entry WHERE action >= 'account.' AND action < 'account/' AND seq >= ?)
"""


def first_since(at_ms: int) -> int:
    """The place in the log of the first entry from an instant on; that of the next one when there is none yet."""
    rows = asked("SELECT seq FROM entry WHERE at_ms >= ? ORDER BY at_ms, seq LIMIT 1", at_ms)
    if rows:
        return int(rows[0][0])
    [(newest,)] = asked("SELECT MAX(seq) FROM entry")
    return 0 if newest is None else int(newest) + 1


def listenings(first: int) -> list[ListeningRecord]:
    """Listenings, as far as they are in the entries from `first` on."""
    return [
        ListeningRecord(str(account), str(session or ""), str(target), first_seq, from_ms, until_ms, bool(complaint))
        for account, session, target, first_seq, from_ms, until_ms, complaint in asked(_LISTENINGS, first)
    ]


def refusals(first: int) -> list[TraceRecord]:
    """What was refused, but for sessions that had ended: a screen that is left open asks on and on."""
    rows = asked(f"{_TRACE} WHERE outcome = 'refused' AND seq >= ? AND action <> 'session.use' ORDER BY seq", first)
    return [TraceRecord(*row) for row in rows]


def direct_opens(first: int) -> list[TraceRecord]:
    """Files opened past the agent, but for those that were denied."""
    rows = asked(f"{_TRACE} WHERE action = 'file.open' AND outcome = 'allowed' AND seq >= ? ORDER BY seq", first)
    return [TraceRecord(*row) for row in rows]


def sentry_troubles(first: int) -> list[TraceRecord]:
    """What the sentry missed, came late for, or saw otherwise than the kernel's own record."""
    rows = asked(
        f"{_TRACE} WHERE action >= 'sentry.' AND action < 'sentry/' AND outcome = 'failed' AND seq >= ? ORDER BY seq",
        first,
    )
    return [TraceRecord(*row) for row in rows]


def recorded(action: str, first: int) -> list[TraceRecord]:
    """Entries of an action, whatever came of it."""
    return [TraceRecord(*row) for row in asked(f"{_TRACE} WHERE action = ? AND seq >= ? ORDER BY seq", action, first)]


def has_changed(first: int) -> bool:
    """Whether notes or accounts have changed in the entries from `first` on."""
    [(changed,)] = asked(_CHANGED, first, first)
    return bool(changed)


def notes_on(contacts: Collection[str]) -> list[tuple[str, str, int]]:
    """(author, contact, when) of every note on these contacts."""
    return asked(
        "SELECT note.author, contact.id, note.at_ms FROM contact JOIN note ON note.contact_id = contact.seq"
        " WHERE contact.id IN (SELECT value FROM json_each(?))",
        json.dumps(list(contacts)),
    )


def numbers_of(contacts: Collection[str]) -> dict[str, str]:
    """Contact = the number on it, for those that have one."""
    rows = asked(
        "SELECT id, number FROM contact WHERE number IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        json.dumps(list(contacts)),
    )
    return {str(contact): str(number) for contact, number in rows}


def agreements() -> dict[str, int]:
    """Account = the end of its last agreement on file."""
    rows = asked("SELECT account_id, MAX(valid_until_ms) FROM agreement GROUP BY account_id")
    return {str(account): int(until_ms) for account, until_ms in rows}
