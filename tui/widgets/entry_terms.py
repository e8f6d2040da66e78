"""Where one can go on from an entry of the log: each way is a search. No widget, no I/O."""

from __future__ import annotations

from agent import wire
from tui.query_terms import written


def contact_term(entry: wire.Entry) -> str | None:
    """All that was done with the entry's contact; None when it is about something else."""
    if entry.target is None or not entry.action.startswith("contact."):
        return None
    return written("contact", entry.target)


def person_term(entry: wire.Entry) -> str | None:
    """Everything that the same person did; None for the agent itself."""
    if entry.actor.account is not None:
        return written("actor", entry.actor.account)
    return system_user_term(entry)


def day_terms(entry: wire.Entry) -> str | None:
    """What the same person did on that day, as the viewer's calendar has it; None for the agent itself."""
    person = person_term(entry)
    return None if person is None else f"{person} on:{entry.at.astimezone().date().isoformat()}"


def system_user_term(entry: wire.Entry) -> str | None:
    """Everything that came from the same user of the operating system, whoever had signed in there."""
    return None if entry.actor.uid is None else f"uid:{entry.actor.uid}"


def request_term(entry: wire.Entry) -> str | None:
    """Every entry of the same request: what was intended, and what came of it."""
    return written("request", entry.request_id) if entry.request_id else None
