"""Words of the server's commands, in the language of LC_ALL, LC_MESSAGES or LANG. Catalogues: `agent/locale`.

Click's own words ("Usage", "Options") come from the same catalogue.
"""

from __future__ import annotations

import gettext as _gettext
import os
from pathlib import Path

from agent.errors import EarwitnessError, fill

LANGUAGES = ("en", "sv", "fi")
LOCALE_DIR = Path(__file__).parent.parent / "locale"
DOMAIN = "earwitness-agent"


def _chosen() -> _gettext.NullTranslations:
    wanted = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "en")
    named = wanted[:2].lower()
    language = named if named in LANGUAGES else "en"
    _gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    _gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language
    return _gettext.translation(DOMAIN, LOCALE_DIR, [language], fallback=True)


_translations = _chosen()


def _(message: str) -> str:
    """Say it in the chosen language."""
    return _translations.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The same for a counted thing, not yet filled."""
    return _translations.ngettext(one, many, count)


def sentence(error: EarwitnessError) -> str:
    """An error for a person: translated, then filled."""
    return fill(_(type(error).sentence), error.parameters)
