"""Where one can go on from an entry of the log: each way is a search. No widget, no I/O."""

from __future__ import annotations

from datetime import timedelta

from agent import wire
from tui.query_terms import written
from tui.widgets.action_words import DIRECT_OPEN

REQUEST_SPAN = timedelta(hours=2)
"""Around an entry: longer than a recording is listened to in one request."""


def contact_term(entry: wire.Entry) -> str | None:
    """All that was done with the entry's contact; None when it is about something else.

    A direct open names the recording, not its contact: then it is all that was done with that recording.
    """
    if entry.target is None:
        return None
    if entry.action == DIRECT_OPEN and entry.target != entry.detail.get("place"):
        return written("target", entry.target)
    return written("contact", entry.target) if has_contact(entry) else None


def has_contact(entry: wire.Entry) -> bool:
    """Whether the target is a contact that can be opened."""
    return entry.target is not None and entry.action.startswith("contact.")


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
    """Every entry of the same request: what was intended, and what came of it; None without a request.

    It is bounded in time, because only the leaves themselves name requests: each one within the bounds is read.
    """
    if not entry.request_id:
        return None
    since, until = (f"{entry.at + span:%Y-%m-%dT%H:%MZ}" for span in (-REQUEST_SPAN, REQUEST_SPAN))
    return f"{written('request', entry.request_id)} after:{since} before:{until}"
