"""Words on the screen: in the person's language, and safe to show.

It owns the choice of language and the one way in which outside text reaches a widget. The language is chosen once,
before any module with words in it is imported (bindings and help are made at import); see `tui.__main__`.
Catalogues lie in `tui/locale`, the msgids are the English words.
"""

from __future__ import annotations

import gettext as _gettext
import os
from pathlib import Path

from rich.text import Text

from agent.client import clean
from agent.errors import EarwitnessError, fill

LANGUAGES = ("en", "sv", "fi")
LOCALE_DIR = Path(__file__).parent / "locale"
DOMAIN = "earwitness"

_translations: _gettext.NullTranslations = _gettext.NullTranslations()


def choose_language(asked: str | None = None) -> str:
    """Choose by the option, else by LC_ALL, LC_MESSAGES, LANG; English when none of ours is named.

    Click's own words ("Usage", "Options") come from the same catalogue.
    """
    global _translations  # noqa: PLW0603 - the language of a process is one fact
    wanted = [asked] if asked else [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    named = next((value[:2].lower() for value in wanted if value), "en")
    language = named if named in LANGUAGES else "en"
    _translations = _gettext.translation(DOMAIN, LOCALE_DIR, [language], fallback=True)
    _gettext.bindtextdomain(DOMAIN, str(LOCALE_DIR))
    _gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language
    return language


def _(message: str) -> str:
    """Say it in the chosen language."""
    return _translations.gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The same for a counted thing: the form that this language uses for `count`, not yet filled."""
    return _translations.ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """The same for a word that means different things in different places."""
    return _translations.pgettext(context, message)


def sentence(error: EarwitnessError) -> str:
    """An error for a person: translated, then filled, then cleaned."""
    return clean(fill(_(type(error).sentence), error.parameters))


def outside(text: str, style: str = "") -> Text:
    """Outside text for a widget: cleaned, and never read as markup."""
    return Text(clean(text), style=style, no_wrap=True, end="")
