"""What is known of a contact, line by line, and what each fact was read from. No widget, no I/O."""

from __future__ import annotations

from collections.abc import Iterator

from agent import wire
from tui.text import _, ngettext
from tui.widgets.contact_words import (
    adviser_words,
    at_second,
    direction_words,
    length_words,
    number_words,
    service_words,
    source_words,
    zone_words,
)
from tui.widgets.list_status import grouped
from tui.widgets.section import Line, Words


def headline(contact: wire.ShownContact) -> str:
    """The contact in one line."""
    sides = [adviser_words(contact), number_words(contact)]
    if contact.direction is wire.Direction.IN:
        sides.reverse()
    parts = (
        at_second(contact.started_at),
        direction_words(contact),
        service_words(contact),
        " → ".join(sides),
        length_words(contact.duration_s),
    )
    return " · ".join(parts)


def fact_lines(contact: wire.ShownContact) -> list[Line]:
    """Three columns: what it is, what it says, what it was read from."""
    facts = (
        ("started_at", _("start"), f"{at_second(contact.started_at)} ({zone_words(contact.started_at)})"),
        ("duration_s", _("length"), f"{length_words(contact.duration_s)} ({contact.duration_s:.3f} s)"),
        ("direction", _("direction"), direction_words(contact)),
        ("number", _("number"), number_words(contact)),
        ("adviser", _("adviser"), adviser_words(contact)),
        ("extension", _("extension"), contact.extension or ""),
        ("service", _("service"), service_words(contact)),
    )
    lines = [line for field, label, said in facts if said for line in _fact(contact, field, label, said)]
    taken_in = f"{at_second(contact.taken_in_at)} ({zone_words(contact.taken_in_at)})"
    lines.append((Words(_("taken in"), "muted"), Words(taken_in), Words("")))
    lines.append((Words(_("zone"), "muted"), Words(contact.zone), Words("")))
    if contact.attention:
        why = Words(contact.attention, "warning")
        lines.append((Words(_("look at it"), "warning"), Words(""), why))
    return lines


def _fact(contact: wire.ShownContact, field: str, label: str, said: str) -> Iterator[Line]:
    provenance = contact.provenance.get(field)
    if provenance is None:
        yield Words(label, "muted"), Words(said), Words("")
        return
    source = source_words(provenance.read_from)
    stands_below = provenance.said in [recording.source_name for recording in contact.recordings]
    if provenance.said and not stands_below:
        source = f"{source} “{provenance.said}”"
    yield Words(label, "muted"), Words(said), Words(source, "muted")
    if provenance.problem:
        odd = _("odd: {what}").format(what=provenance.problem)
        yield Words(""), Words(""), Words(odd, "warning")


def recording_lines(contact: wire.ShownContact, heard: wire.Recording | None) -> list[Line]:
    """Two columns: what it is, what it says; the recording that is heard now carries a mark."""
    lines: list[Line] = []
    for recording in contact.recordings:
        mark = "> " if recording is heard and len(contact.recordings) > 1 else ""
        lines += [
            (Words(mark + _("recording"), "muted"), Words(_sound_words(recording))),
            (Words(_("file name"), "muted"), Words(recording.source_name)),
            (Words("SHA-256", "muted"), Words(recording.sha256)),
        ]
        if recording.interrupted:
            lines.append((Words(""), Words(_("interrupted: the recorder did not close the file"), "warning")))
    return lines


def _sound_words(recording: wire.Recording) -> str:
    channels = ngettext("{count} channel", "{count} channels", recording.channels)
    parts = (
        length_words(recording.duration_s),
        recording.encoding,
        f"{recording.rate_hz} Hz",
        channels.format(count=recording.channels),
        _("{count} bytes").format(count=grouped(recording.size_bytes)),
    )
    return ", ".join(parts)


def note_lines(contact: wire.ShownContact) -> list[Line]:
    """Three columns: the moment in the recording, who wrote it when, and the note."""
    lines: list[Line] = []
    for note in contact.noted:
        moment = "" if note.position_s is None else f"● {length_words(note.position_s)}"
        written = f"{note.author} {at_second(note.at)[:16]}"
        lines.append((Words(moment), Words(written, "muted"), Words(note.text)))
    if contact.tags:
        lines.append((Words(_("tags"), "muted"), Words(""), Words(", ".join(contact.tags))))
    if contact.cases:
        lines.append((Words(_("cases"), "muted"), Words(""), Words(", ".join(contact.cases))))
    return lines
