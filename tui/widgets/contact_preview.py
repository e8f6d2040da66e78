"""What the row under the cursor says, in full.

It is made from the row alone: looking at the list asks the agent for nothing more.
"""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.widget import Widget

from agent.client import clean
from agent.wire import Contact
from tui.text import _, ngettext
from tui.widgets.contact_words import (
    adviser_words,
    at_second,
    direction_words,
    length_words,
    number_words,
    service_words,
    zone_words,
)


class ContactPreview(Widget, can_focus=False):
    """Beside the list where there is room for it, else under it."""

    contact: reactive[Contact | None] = reactive(None, repaint=False)

    def watch_contact(self, old: Contact | None, new: Contact | None) -> None:
        """Draw only the lines that may have changed: over a slow line the empty ones are most of it."""
        lines = max((len(self._lines(contact)) for contact in (old, new) if contact), default=0)
        wrapped = sum(len(line) > self.size.width for contact in (old, new) if contact for line in self._lines(contact))
        self.refresh(Region(0, 0, self.size.width, min(self.size.height, lines + wrapped)))

    def render(self) -> Content:
        if self.contact is None:
            return Content("")
        lines = self._lines(self.contact)
        if self.screen.has_class("-narrow"):
            return Content("\n").join([Content(" · ").join(lines[:3]), Content(" · ").join(lines[3:])])
        return Content("\n").join(lines)

    def _lines(self, contact: Contact) -> list[Content]:
        start = f"{at_second(contact.started_at)} ({zone_words(contact.started_at)})"
        lines = [
            Content.styled(start, "bold"),
            Content(
                ", ".join(
                    (
                        clean(service_words(contact)),
                        direction_words(contact),
                        length_words(contact.duration_s),
                    )
                )
            ),
            Content(clean(adviser_words(contact))),
            Content(clean(number_words(contact))),
            Content(_recordings_words(contact)),
        ]
        if contact.notes:
            lines.append(Content(ngettext("{count} note", "{count} notes", contact.notes).format(count=contact.notes)))
        if contact.tags:
            lines.append(Content(_("tags: {tags}").format(tags=clean(", ".join(contact.tags)))))
        if contact.cases:
            lines.append(Content(_("cases: {cases}").format(cases=clean(", ".join(contact.cases)))))
        if contact.attention:
            words = _("look at it: {why}").format(why=clean(contact.attention))
            lines.append(Content.styled(words, "$warning"))
        lines.append(Content.styled(clean(contact.id), "$text-muted"))
        return lines


def _recordings_words(contact: Contact) -> str:
    if not contact.recordings:
        return _("no recording")
    recording = contact.recordings[0]
    channels = ngettext("{count} channel", "{count} channels", recording.channels).format(count=recording.channels)
    words = f"{clean(recording.encoding)}, {recording.rate_hz} Hz, {channels}"
    if recording.interrupted:
        words += ", " + _("interrupted")
    if len(contact.recordings) > 1:
        words += ", " + _("{count} recordings").format(count=len(contact.recordings))
    return words
