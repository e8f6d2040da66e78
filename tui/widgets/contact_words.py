"""A contact's fields in words: the same on the list, in the preview and on the contact's own screen.

Times are in the viewer's zone, dates as ISO 8601 has them; what is not there is a word in brackets, never
a gap. It reads the row and asks nobody. What it returns may hold outside text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agent.client import clean
from agent.wire import Contact, Direction
from tui.text import _, pgettext


def at_minute(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def at_second(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def zone_words(at: datetime) -> str:
    """The viewer's zone at a moment, as its distance from UTC: `+02:00`."""
    written = at.astimezone().strftime("%z")
    return f"{written[:3]}:{written[3:]}"


def length_words(duration_s: float) -> str:
    """`4:12`, or `1:04:12` from an hour on; fractions of a second are cut."""
    minutes, seconds = divmod(int(duration_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def direction_words(contact: Contact) -> str:
    if contact.direction is None:
        return "?"
    return _("in") if contact.direction is Direction.IN else _("out")


def direction_letters(contact: Contact) -> str:
    """The same in three letters at the most, for a column."""
    if contact.direction is None:
        return "?"
    return pgettext("three letters", "in") if contact.direction is Direction.IN else pgettext("three letters", "out")


def adviser_words(contact: Contact) -> str:
    return contact.adviser or _("(nobody matched)")


def service_words(contact: Contact) -> str:
    return contact.service or _("(unknown)")


def source_words(read_from: str) -> str:
    """What a field was read from; what is not known stands as it is."""
    return {
        "file name": _("file name"),
        "sidecar": _("sidecar"),
        "call record": _("call record"),
        "samples": _("samples"),
        "header": _("header"),
        "file time": _("file time"),
        "settings": _("settings"),
        "tag": _("tag"),
    }.get(read_from, read_from)


def number_words(contact: Contact) -> str:
    """The customer's number in groups; `withheld` when it was kept secret."""
    if contact.withheld:
        return _("withheld")
    if contact.number is None:
        return _("(unknown)")
    return grouped_number(contact.number)


def grouped_number(number: str) -> str:
    """An E.164 number as it is read aloud, `+358 9 4257 0101`; anything else as it stands."""
    # The numbering plans take 60 ms to load: they come with the first number, after the first picture.
    import phonenumbers

    try:
        parsed: Any = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return clean(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
