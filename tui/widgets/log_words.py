"""A log entry's fields in words: the same in the list and in the whole entry.

Actions keep the names by which they are searched. It reads the entry and asks nobody. What it returns may
hold outside text.
"""

from __future__ import annotations

from agent import wire
from agent.wire import Outcome
from tui.purpose_words import purpose_word
from tui.text import _, ngettext, pgettext
from tui.widgets.action_words import DIRECT_OPEN
from tui.widgets.columns import Tone
from tui.widgets.contact_words import length_words

MARK = "!"
"""Before whatever was refused, failed or done past the agent, so that it needs no colour."""
PART_FIELDS = ("from_ms", "to_ms")
"""The stretch of a recording, told as times."""
STAND_IN = "hmac:"
"""How the log begins a digest in place of words: of a program, when its path may be somebody's own."""
FOLDED = "parts"
"""In the detail of a folded listening: of how many entries it was made."""


def who_words(entry: wire.Entry) -> str:
    """The account; without one the user of the operating system, or the agent itself."""
    if entry.actor.account is not None:
        return entry.actor.account
    if entry.action == DIRECT_OPEN and entry.actor.uid is None:
        return _("(not known)")
    if entry.actor.uid is not None:
        return _("uid {uid}").format(uid=entry.actor.uid)
    return _("the agent")


def outcome_words(outcome: Outcome) -> str:
    return {
        Outcome.ALLOWED: _("allowed"),
        Outcome.REFUSED: _("refused"),
        Outcome.FAILED: _("failed"),
    }[outcome]


def direct_word() -> str:
    """In place of an outcome: nobody was asked."""
    return pgettext("outcome", "direct")


def is_direct(entry: wire.Entry) -> bool:
    """Whether it happened past the agent."""
    return entry.action == DIRECT_OPEN and entry.outcome is Outcome.ALLOWED


def entry_tone(entry: wire.Entry) -> Tone:
    tones: dict[Outcome, Tone] = {Outcome.REFUSED: "error", Outcome.FAILED: "warning"}
    return "error" if is_direct(entry) else tones.get(entry.outcome, "")


def marked_outcome(entry: wire.Entry) -> str:
    if is_direct(entry):
        return f"{MARK} {direct_word()}"
    mark = " " if entry.outcome is Outcome.ALLOWED else MARK
    return f"{mark} {outcome_words(entry.outcome)}"


def purpose_words_of(entry: wire.Entry) -> str:
    """The purpose with its case, empty without either."""
    purpose = purpose_word(entry.purpose) if entry.purpose else None
    return " ".join(part for part in (purpose, entry.case) if part)


def reason_words(entry: wire.Entry) -> str:
    """Why: of a refusal its code in words, else what was written."""
    return _refusals().get(entry.reason or "", entry.reason or "")


def part_words(entry: wire.Entry) -> str:
    """The stretch of the recording, `0:16–0:32`, and of how many parts a folded one is; else empty."""
    start_ms, stop_ms = map(entry.detail.get, PART_FIELDS)
    if not isinstance(start_ms, int) or not isinstance(stop_ms, int):
        return ""
    stretch = f"{length_words(start_ms / 1000)}–{length_words(stop_ms / 1000)}"
    parts = entry.detail.get(FOLDED)
    if not isinstance(parts, int):
        return stretch
    said = ngettext("{stretch} in {count} part", "{stretch} in {count} parts", parts)
    return said.format(stretch=stretch, count=parts)


def opener_words(entry: wire.Entry) -> str:
    """Of a direct open: by which program, as far as the sentry could tell."""
    exe, pid, login = (entry.detail.get(name) for name in ("exe", "pid", "login_uid"))
    told = [str(exe)] if exe and not str(exe).startswith(STAND_IN) else []
    if pid is not None:
        told.append(_("pid {pid}").format(pid=pid))
    if login is not None and login != entry.actor.uid:
        told.append(_("signed in as uid {uid}").format(uid=login))
    return ", ".join(told)


def about_words(entry: wire.Entry) -> str:
    """In one line what the columns before it do not say: why it was not allowed, the part, the purpose, the target."""
    if entry.action == DIRECT_OPEN:
        parts = [opener_words(entry), str(entry.detail.get("place") or ""), entry.target]
    else:
        why = reason_words(entry) if entry.outcome is not Outcome.ALLOWED else ""
        parts = [why, part_words(entry), purpose_words_of(entry), entry.target]
    return " · ".join(part for part in parts if part)


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
