"""The intake in words: why a file could not be taken in, and how a source is.

It asks nobody. What it returns may hold outside text.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent import wire
from tui.text import _, pgettext
from tui.widgets.contact_words import at_minute
from tui.widgets.list_status import grouped
from tui.widgets.section import Line, Words

NEVER = "–"


def reason_sentence(reason: str) -> str:
    """Why a file lies in quarantine; a reason that is not known stands as it is."""
    return {
        "not-audio": _("It is no sound file."),
        "empty": _("It is empty."),
        "no-samples": _("It is a sound file without any sound in it."),
        "no-format": _("It does not say how its sound is written."),
        "impossible-format": _("What it says about its sound cannot be."),
        "not-a-regular-file": _("It is no plain file, but for instance a link to one."),
        "unreadable": _("It cannot be read."),
        "sidecar-without-recording": _("It tells about a recording that has not come."),
    }.get(reason, reason)


def reason_word(reason: str) -> str:
    """The same in two or three words, for a column."""
    return {
        "not-audio": _("no sound file"),
        "empty": pgettext("of a file", "empty"),
        "no-samples": _("no sound in it"),
        "no-format": _("no format"),
        "impossible-format": _("impossible format"),
        "not-a-regular-file": _("no plain file"),
        "unreadable": _("unreadable"),
        "sidecar-without-recording": _("no recording"),
    }.get(reason, reason)


SEALED, IN_SPOOL = KEPT_WORDS = (_("sealed"), _("in spool"))


def kept_words(item: wire.QuarantineItem) -> str:
    return SEALED if item.sealed else IN_SPOOL


def size_words(size_bytes: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size_bytes >= size:
            return f"{size_bytes / size:.1f} {unit}"
    return f"{size_bytes} B"


def source_lines(sources: Sequence[wire.SourceStatus]) -> list[Line]:
    """A heading and a line for each source, in six columns."""
    labels = (_("source"), _("waiting"), _("taken in"), _("last"), _("left alone"), _("state"))
    return [tuple(Words(label, "muted") for label in labels), *map(_source_line, sources)]


def _source_line(source: wire.SourceStatus) -> Line:
    last = at_minute(source.last_taken_in_at) if source.last_taken_in_at else NEVER
    if source.watching and source.silent_since is not None:
        state = Words(_("! silent since {time}").format(time=at_minute(source.silent_since)), "error")
    elif source.watching and source.trouble is not None:
        state = Words(f"! {source.trouble}", "error")
    elif source.watching:
        state = Words(_("● watching"), "success")
    else:
        state = Words(_("! not watched: {why}").format(why=source.trouble or "?"), "error")
    counts = (source.waiting, source.taken_in, source.left_alone)
    waiting, taken_in, left_alone = (Words(grouped(count)) for count in counts)
    return Words(source.name), waiting, taken_in, Words(last), left_alone, state


def intake_line(status: wire.IntakeStatus) -> Words:
    """The whole in one line: what is wrong first."""
    if status.paused is not None:
        words = _("! Paused, nothing is taken in: {why}. The recordings wait in their spools.")
        return Words(words.format(why=status.paused), "error")
    if not any(source.watching for source in status.sources):
        return Words(_("! No source is watched, so nothing is taken in."), "error")
    if not all(source.watching for source in status.sources):
        return Words(_("! Some sources are not watched; the others are taken in."), "warning")
    return Words(_("● New recordings are taken in."), "success")
