"""What is odd, each finding in a sentence: the rule, and what was measured. It asks nobody.

What it returns may hold outside text.
"""

from __future__ import annotations

from agent import wire
from agent.errors import fill
from tui.text import _, ngettext
from tui.widgets.columns import Tone
from tui.widgets.contact_words import at_minute

FIRST_RULES = ("direct-open", "sentry-gap", "refused-in-a-row")
"""What happened past the agent, unseen by anybody, or against a refusal comes before what is merely unusual."""


def odd_who(odd: wire.Odd) -> str:
    if odd.account is not None:
        return odd.account
    return _("nobody named") if odd.uid is None else _("uid {uid}").format(uid=odd.uid)


def odd_rule(odd: wire.Odd) -> str:
    """The rule in two or three words; one that is not known stands as it is."""
    return {
        "much-listening": _("much listening"),
        "at-night": _("outside office hours"),
        "same-caller": _("same caller"),
        "no-note": _("no note"),
        "refused-in-a-row": _("refused in a row"),
        "direct-open": _("direct open"),
        "agreement-ending": _("agreement ends"),
        "sentry-gap": _("gap in watching"),
    }.get(odd.rule, odd.rule)


def odd_sentence(odd: wire.Odd) -> str:
    """One finding for a person; of a rule that is not known, what was measured under its own names."""
    said = _sentence(odd.rule, _number(odd, "count"))
    if said is None:
        measured = ", ".join(f"{name} {value}" for name, value in odd.measured.items())
        return ": ".join(part for part in (odd.rule, measured) if part)
    told = {name: str(value) for name, value in odd.measured.items()}
    return fill(said, told | {"who": odd_who(odd)})


def acknowledged_words(odd: wire.Odd) -> str:
    """Who looked into it, when, and what they said; empty while nobody has."""
    done = odd.acknowledged
    if done is None:
        return ""
    return _("acknowledged {at} by {who}: {remark}").format(at=at_minute(done.at), who=done.by, remark=done.remark)


def odd_tone(odd: wire.Odd) -> Tone:
    if odd.acknowledged is not None:
        return "muted"
    return "error" if odd.rule in FIRST_RULES else "warning"


def is_first(odd: wire.Odd) -> bool:
    return odd.rule in FIRST_RULES


def _number(odd: wire.Odd, name: str) -> int:
    value = odd.measured.get(name)
    return value if isinstance(value, int) else 0


def _sentence(rule: str, count: int) -> str | None:
    match rule:
        case "much-listening":
            return ngettext(
                "{who} listened {count} time on {day}; usual for them are {usual} a day.",
                "{who} listened {count} times on {day}; usual for them are {usual} a day.",
                count,
            )
        case "at-night":
            return ngettext(
                "{who} listened {count} time outside office hours on {day}, {first}–{last}.",
                "{who} listened {count} times outside office hours on {day}, {first}–{last}.",
                count,
            )
        case "same-caller":
            return ngettext(
                "{who} listened {count} time to one and the same caller within {days} days, in {contacts} contacts.",
                "{who} listened {count} times to one and the same caller within {days} days, in {contacts} contacts.",
                count,
            )
        case "no-note":
            return _("{who} listened for a complaint and wrote no note on it within {hours} hours.")
        case "refused-in-a-row":
            return ngettext(
                "{who} was refused {count} time within {minutes} minutes.",
                "{who} was refused {count} times within {minutes} minutes.",
                count,
            )
        case "direct-open":
            return ngettext(
                "{who} opened a file directly on the server, past the agent, {count} time on {day}.",
                "{who} opened files directly on the server, past the agent, {count} times on {day}.",
                count,
            )
        case "agreement-ending":
            return _("The secrecy agreement of {who} ends on {until}.")
        case "sentry-gap":
            return ngettext(
                "Nobody could see who opened files, {count} time on {day}.",
                "Nobody could see who opened files, {count} times on {day}.",
                count,
            )
    return None
