"""How words are compared: folded keys, and full-text expressions that cannot be malformed.

It knows no table. Text comes from outside; whatever it holds, what leaves here can be bound and parsed.
"""

from __future__ import annotations

import unicodedata


def bindable(text: str) -> str:
    """Replace what SQLite cannot take: a lone surrogate cannot be bound, a NUL would end the string early."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def composed(text: str) -> str:
    """The same text with letters composed: `a` and a ring above become `å`, as file systems may have split it."""
    return unicodedata.normalize("NFC", bindable(text))


def folded(text: str) -> str:
    """A key under which the same words, in whatever case, are equal. Letters stay distinct: å is not a."""
    return composed(composed(text).casefold())


def words_of(text: str) -> list[str]:
    """The words of a text, composed; what holds no letter or digit is no word."""
    return [word for word in composed(text).split() if any(map(str.isalnum, word))]


def phrases(words: list[str]) -> list[str]:
    """One full-text expression for each word, the last one standing for all words that begin so.

    Words are quoted, so that nothing in them is an operator (sqlite.org/fts5.html, 3.1).
    """
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    return [*quoted[:-1], quoted[-1] + " *"] if quoted else []
