"""Calls without a recording and recordings without a call, in words. What it returns may hold outside text."""

from __future__ import annotations

from agent import wire
from tui.text import _, ngettext
from tui.widgets.contact_words import at_second, length_words
from tui.widgets.intake_words import NEVER, trouble_words
from tui.widgets.list_status import grouped
from tui.widgets.section import Line, Words

UNMATCHED_COLUMNS = 4


def source_title(source: wire.UnmatchedSource) -> str:
    """How many of each."""
    if source.trouble is not None or not (source.call_count or source.recording_count or source.uncertain):
        return source.source
    calls = ngettext("{count} call without a recording", "{count} calls without a recording", source.call_count)
    recordings = ngettext(
        "{count} recording without a call", "{count} recordings without a call", source.recording_count
    )
    parts = [(calls, source.call_count), (recordings, source.recording_count)]
    if source.uncertain:
        uncertain = ngettext(
            "{count} recording does not say its call", "{count} recordings do not say their call", source.uncertain
        )
        parts.append((uncertain, source.uncertain))
    return f"{source.source}: " + ", ".join(words.format(count=grouped(count)) for words, count in parts)


def fitting_words(source: wire.UnmatchedSource) -> str:
    """What is said in place of the lines when there are none."""
    if source.uncertain:
        return _("The others fit together.")
    return _("Every call has its recording, and every recording its call.")


def unmatched_lines(source: wire.UnmatchedSource) -> list[Line]:
    """A line for each, in four columns: what, when, the recorder's name of the call, and what else is known.

    When the records could not be read it is one line in one column.
    """
    if source.trouble is not None:
        why = _("! The call records cannot be read: {why}").format(why=trouble_words(source.trouble))
        return [(Words(why, "error"),)]
    lines: list[Line] = [
        (
            Words(_("! no recording"), "error"),
            Words(NEVER if call.at is None else at_second(call.at)),
            Words(call.call_id),
            Words(_("spoke for {length}").format(length=length_words(call.length_s))),
        )
        for call in source.calls
    ]
    lines += [
        (
            Words(_("no call"), "warning"),
            Words(at_second(recording.at)),
            Words(recording.call_id),
            Words(_("contact {id}").format(id=recording.contact_id)),
        )
        for recording in source.recordings
    ]
    more = source.call_count - len(source.calls) + source.recording_count - len(source.recordings)
    if more:
        words = ngettext("and {count} more", "and {count} more", more).format(count=grouped(more))
        lines.append((Words("…", "muted"), Words(""), Words(""), Words(words, "muted")))
    return lines
