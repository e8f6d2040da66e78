"""A log entry's fields in words: the same in the list and in the whole entry.

Actions keep the names by which they are searched. It reads the entry and asks nobody. What it returns may
hold outside text.
"""

from __future__ import annotations

from agent import wire
from agent.wire import Outcome
from tui.purpose_words import purpose_word
from tui.query_terms import written
from tui.text import _
from tui.widgets.columns import Tone

MARK = "!"
"""Before whatever was refused or failed, so that it needs no colour."""


def who_words(entry: wire.Entry) -> str:
    """The account; without one the user of the operating system, or the agent itself."""
    if entry.actor.account is not None:
        return entry.actor.account
    if entry.actor.uid is not None:
        return _("uid {uid}").format(uid=entry.actor.uid)
    return _("the agent")


def outcome_words(outcome: Outcome) -> str:
    return {
        Outcome.ALLOWED: _("allowed"),
        Outcome.REFUSED: _("refused"),
        Outcome.FAILED: _("failed"),
    }[outcome]


def outcome_tone(outcome: Outcome) -> Tone:
    tones: dict[Outcome, Tone] = {Outcome.REFUSED: "error", Outcome.FAILED: "warning"}
    return tones.get(outcome, "")


def marked_outcome(entry: wire.Entry) -> str:
    mark = " " if entry.outcome is Outcome.ALLOWED else MARK
    return f"{mark} {outcome_words(entry.outcome)}"


def purpose_words_of(entry: wire.Entry) -> str:
    """The purpose with its case, empty without either."""
    purpose = purpose_word(entry.purpose) if entry.purpose else None
    return " ".join(part for part in (purpose, entry.case) if part)


def reason_words(entry: wire.Entry) -> str:
    """Why: of a refusal its code in words, else what was written."""
    return _refusals().get(entry.reason or "", entry.reason or "")


def about_words(entry: wire.Entry) -> str:
    """In one line what the columns before it do not say: why it was not allowed, the purpose, the target."""
    why = reason_words(entry) if entry.outcome is not Outcome.ALLOWED else ""
    return " · ".join(part for part in (why, purpose_words_of(entry), entry.target) if part)


def contact_term(entry: wire.Entry) -> str | None:
    """The query term for all that was done with the entry's contact; None when it is about something else."""
    if entry.target is None or not entry.action.startswith("contact."):
        return None
    return written("contact", entry.target)


def person_term(entry: wire.Entry) -> str | None:
    """The query term for everything that the same person did; None for the agent itself."""
    if entry.actor.account is not None:
        return written("actor", entry.actor.account)
    if entry.actor.uid is not None:
        return f"uid:{entry.actor.uid}"
    return None


def _refusals() -> dict[str, str]:
    return {
        "out-of-scope": _("not one of their own calls"),
        "not-permitted": _("the role does not permit it"),
        "agreement-missing": _("no valid secrecy agreement"),
        "not-signed-in": _("not signed in"),
        "sign-in-failed": _("wrong name or password"),
        "account-locked": _("too many wrong passwords"),
        "not-found": _("there is no such thing"),
        "integrity-broken": _("not what was written"),
    }
