"""The state of the log in words: whether it is whole and goes on, and who watches. It asks nobody.

What is wrong carries a `!` and comes first, whatever the room. What it returns may hold outside text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent import wire
from tui.text import _, ngettext
from tui.widgets.columns import Tone
from tui.widgets.contact_words import at_second, zone_words
from tui.widgets.list_status import grouped
from tui.widgets.section import Line, Words

NOTHING = "–"


@dataclass(frozen=True)
class StatePart:
    """One fact: in full, and in few words where there is no room."""

    full: str
    short: str
    tone: Tone = ""

    @property
    def is_wrong(self) -> bool:
        return self.tone in ("error", "warning")


def state_parts(state: wire.LogState, now: datetime) -> list[StatePart]:
    """What is wrong first, then the rest, each in a fixed order."""
    parts = [*_writing(state), _check(state, now), _witness(state, now), _checkpoint(state, now), *_sentry(state)]
    parts.append(_odd(state.odd))
    return sorted(parts, key=lambda part: not part.is_wrong)


def when_words(at: datetime, now: datetime) -> str:
    """The time of a moment of today, else its day."""
    there, here = at.astimezone(), now.astimezone()
    return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%Y-%m-%d}"


def _writing(state: wire.LogState) -> Iterator[StatePart]:
    why = "; ".join(state.trouble)
    if not state.can_log:
        full = _("! cannot log, so nothing is released: {why}").format(why=why or "?")
        yield StatePart(full, _("! cannot log"), "error")
    elif why:
        yield StatePart(f"! {why}", _("! log in trouble"), "warning")


def _check(state: wire.LogState, now: datetime) -> StatePart:
    if state.verified_whole is None or state.verified_at is None:
        return StatePart(_("! never checked"), _("! never checked"), "warning")
    when = when_words(state.verified_at, now)
    if not state.verified_whole:
        full = _("! the log is NOT WHOLE, checked {when}").format(when=when)
        return StatePart(full, _("! not whole, {when}").format(when=when), "error")
    return StatePart(_("log whole, checked {when}").format(when=when), _("whole {when}").format(when=when))


def _witness(state: wire.LogState, now: datetime) -> StatePart:
    if not state.witnesses:
        return StatePart(_("no witness"), _("no witness"), "muted")
    troubled = next((witness for witness in state.witnesses if witness.trouble or witness.at is None), None)
    if troubled is not None:
        short = _("! witness {name}").format(name=troubled.name)
        why = troubled.trouble or _("has signed nothing yet")
        return StatePart(f"{short}: {why}", short, "warning")
    count = len(state.witnesses)
    oldest = min(witness.at for witness in state.witnesses if witness.at is not None)
    full = ngettext("witness {when}", "{count} witnesses {when}", count)
    said = full.format(count=count, when=when_words(oldest, now))
    return StatePart(said, said)


def _checkpoint(state: wire.LogState, now: datetime) -> StatePart:
    if state.checkpoint_at is None:
        return StatePart(_("! no checkpoint"), _("! no checkpoint"), "warning")
    when = when_words(state.checkpoint_at, now)
    return StatePart(_("checkpoint {when}").format(when=when), _("signed {when}").format(when=when))


def _sentry(state: wire.LogState) -> Iterator[StatePart]:
    seeing, tone = _seeing(state.sentry)
    yield StatePart(*seeing, tone)
    if state.sentry and state.sentry.gaps:
        said = ngettext("! {count} gap in watching", "! {count} gaps in watching", state.sentry.gaps)
        short = ngettext("! {count} gap", "! {count} gaps", state.sentry.gaps)
        count = grouped(state.sentry.gaps)
        yield StatePart(said.format(count=count), short.format(count=count), "warning")


def _seeing(sentry: wire.SentryState | None) -> tuple[tuple[str, str], Tone]:
    if sentry is None or sentry.seeing == "nothing":
        return (_("! direct opens are not seen"), _("! opens unseen")), "warning"
    if sentry.seeing == "unattributed":
        return (_("! direct opens are seen without names"), _("! opens unnamed")), "warning"
    return (_("direct opens are named"), _("opens named")), ""


def _odd(odd: int) -> StatePart:
    if not odd:
        return StatePart(_("nothing odd"), _("0 odd"))
    said = ngettext("! {count} odd finding", "! {count} odd findings", odd).format(count=grouped(odd))
    return StatePart(said, _("! {count} odd").format(count=grouped(odd)), "warning")


# --- in full -------------------------------------------------------------------------------------------------


def state_lines(state: wire.LogState) -> list[Line]:
    """A line for each fact: what it is, and what it says, for a person who wants to know it exactly."""
    written = _("yes") if state.can_log else _("! cannot log, so nothing is released")
    facts: list[tuple[str, Words]] = [
        (_("can log"), Words(written, "success" if state.can_log else "error")),
        *((_("trouble"), Words(f"! {why}", "warning")) for why in state.trouble),
        (_("entries"), Words(grouped(state.size))),
        (_("checkpoint"), Words(_signed(state.checkpoint_at, state.checkpoint_size))),
        (_("last check"), _checked(state)),
        *map(_witnessed, state.witnesses),
        *_watched(state.sentry),
        (_("odd"), Words(_odd(state.odd).full, _odd(state.odd).tone)),
    ]
    if not state.witnesses:
        facts.insert(-2, (_("witness"), Words(_("none: a log that is cut off is not noticed from outside"), "muted")))
    return [(Words(label, "muted"), said) for label, said in facts]


def _signed(at: datetime | None, size: int) -> str:
    if at is None:
        return NOTHING
    return _("{at}, the first {size} entries").format(at=f"{at_second(at)} {zone_words(at)}", size=grouped(size))


def _checked(state: wire.LogState) -> Words:
    if state.verified_whole is None:
        return Words(_("! never checked"), "warning")
    said = _signed(state.verified_at, state.verified_size)
    verdict = _("whole") if state.verified_whole else _("! NOT WHOLE")
    return Words(f"{said}: {verdict}", "success" if state.verified_whole else "error")


def _witnessed(witness: wire.WitnessState) -> tuple[str, Words]:
    said = f"{witness.name}: {_signed(witness.at, witness.size or 0)}"
    if witness.trouble:
        return _("witness"), Words(f"! {said}, {witness.trouble}", "warning")
    return _("witness"), Words(said)


def _watched(sentry: wire.SentryState | None) -> Sequence[tuple[str, Words]]:
    (full, _short), tone = _seeing(sentry)
    if sentry is None:
        return [(_("sentry"), Words(full, tone))]
    since = _(", since {at}").format(at=at_second(sentry.since)) if sentry.since else ""
    gaps = ngettext("{count} in 28 days", "{count} in 28 days", sentry.gaps).format(count=grouped(sentry.gaps))
    lines = [(_("sentry"), Words(f"{full}{since}", tone))]
    if sentry.trouble:
        lines.append(("", Words(f"! {sentry.trouble}", "warning")))
    lines.append((_("gaps"), Words(gaps, "warning" if sentry.gaps else "")))
    return lines
