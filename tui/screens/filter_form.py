"""The form in which a search for contacts is filled in."""

from __future__ import annotations

from tui.screens.term_form import TermForm
from tui.text import _


class FilterForm(TermForm):
    """See `TermForm`."""

    TITLE_WORDS = _("Filter the contacts")
    FIELDS = {  # noqa: RUF012 - never changed
        "service": (_("service"), _("a part of its name")),
        "adviser": (_("adviser"), _("a part of the name")),
        "number": (_("number"), _("as it is dialled, or * and its last digits")),
        "after": (_("from day"), _("2026-01-31")),
        "before": (_("before day"), _("2026-02-28")),
        "longer": (_("longer than"), _("30s, 5m, 1h")),
        "shorter": (_("shorter than"), _("30s, 5m, 1h")),
    }
    CHOICES = {  # noqa: RUF012 - never changed
        "direction": (_("direction"), {"": _("either"), "in": _("in"), "out": _("out")}),
    }
