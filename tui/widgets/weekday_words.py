"""The days of the week, 0 is Monday, as `datetime.weekday` has them."""

from __future__ import annotations

from tui.text import _, pgettext


def weekday_words() -> tuple[str, ...]:
    return (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


def weekday_letters() -> tuple[str, ...]:
    """In two letters."""
    return (
        pgettext("two letters", "Mo"),
        pgettext("two letters", "Tu"),
        pgettext("two letters", "We"),
        pgettext("two letters", "Th"),
        pgettext("two letters", "Fr"),
        pgettext("two letters", "Sa"),
        pgettext("two letters", "Su"),
    )
