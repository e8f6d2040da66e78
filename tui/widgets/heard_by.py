"""Who heard a contact, told from the entries of the log. No widget, no I/O.

A listening is fetched in parts and each part is an entry; what one person fetched for one purpose in one go is told
as one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent import wire
from tui.purpose_words import purpose_word
from tui.text import _
from tui.widgets.contact_words import at_second, length_words
from tui.widgets.section import Line, Words

ONE_GO_S = 900
"""Parts further apart than this are two listenings."""
_RELEASES = ("contact.listen", "contact.export")


@dataclass
class _Heard:
    """Entries that belong together, newest first."""

    entries: list[wire.Entry]

    def continues_with(self, entry: wire.Entry) -> bool:
        last = self.entries[-1]
        is_heard = entry.action == "contact.listen" and entry.outcome is wire.Outcome.ALLOWED
        return is_heard and _kind(entry) == _kind(last) and (last.at - entry.at).total_seconds() <= ONE_GO_S


def _kind(entry: wire.Entry) -> tuple[object, ...]:
    return (
        entry.action,
        entry.outcome,
        entry.actor.account,
        entry.purpose,
        entry.case,
        entry.detail.get("recording"),
    )


def heard_lines(entries: Iterable[wire.Entry]) -> list[Line]:
    """Three columns: when, who, and what with its purpose. Newest first, as the entries come.

    Everything that released sound is told, and everything that was refused or failed.
    """
    told: list[_Heard] = []
    for entry in entries:
        if entry.action not in _RELEASES and entry.outcome is wire.Outcome.ALLOWED:
            continue
        if told and told[-1].continues_with(entry):
            told[-1].entries.append(entry)
        else:
            told.append(_Heard([entry]))
    return [_line(heard.entries) for heard in told]


def _line(entries: Sequence[wire.Entry]) -> Line:
    newest = entries[0]
    who = newest.actor.account or _("uid {uid}").format(uid=newest.actor.uid)
    part = _part_words(entries) if newest.action == "contact.listen" else ""
    what = [_action_words(newest.action) + part]
    if newest.purpose:
        what.append(" ".join(filter(None, (purpose_word(newest.purpose), newest.case))))
    when = Words(at_second(entries[-1].at)[:16])
    if newest.outcome is wire.Outcome.ALLOWED:
        return when, Words(who), Words(", ".join(what))
    outcome = _("refused") if newest.outcome is wire.Outcome.REFUSED else _("failed")
    what = [outcome, *what, *filter(None, [newest.reason])]
    return when, Words(who), Words(", ".join(what), "error")


def _action_words(action: str) -> str:
    return {
        "contact.listen": _("heard"),
        "contact.export": _("exported"),
        "contact.show": _("show"),
        "contact.waveform": _("waveform"),
        "contact.note": _("note"),
        "contact.tag": _("tag"),
        "contact.untag": _("tag"),
    }.get(action, action)


def _part_words(entries: Sequence[wire.Entry]) -> str:
    """The stretch of the recording that these entries released, as far as they tell."""
    starts = [moment for entry in entries if isinstance(moment := entry.detail.get("from_ms"), int)]
    stops = [moment for entry in entries if isinstance(moment := entry.detail.get("to_ms"), int)]
    if not starts or not stops:
        return ""
    return f" {length_words(min(starts) / 1000)}–{length_words(max(stops) / 1000)}"
