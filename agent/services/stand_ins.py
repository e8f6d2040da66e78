"""How the log calls what was typed in a search: terms without customer data as they are, everything else by its digest.

The same question always gets the same digest, so that "who searched for this number" is answered by asking the log for
the digests under which such a search can stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from db.queries.contacts import Term, TermKind

Digest = Callable[[str, str], str]
"""Of a kind and what was typed; see `agent.audit.entry.digest`."""

IN_THE_CLEAR = frozenset(
    {
        TermKind.DIRECTION,
        TermKind.AFTER,
        TermKind.BEFORE,
        TermKind.OFF,
        TermKind.LONGER,
        TermKind.SHORTER,
        TermKind.HAS_NOTE,
        TermKind.ATTENTION,
        TermKind.WITHHELD,
    }
)
_WORDS = tuple(kind for kind in TermKind if kind not in IN_THE_CLEAR | {TermKind.NUMBER, TermKind.NUMBER_ENDING})
_NUMBER_MARKS = str.maketrans("", "", " -()./")
_DIALLED = re.compile(r"\+?[0-9]{3,}")
SHORTEST_ENDING = 3
"""Digits from which on a search by the last ones is a search for this number."""


def stand_in(term: Term, digest: Digest) -> str:
    """What the log calls the value of a term."""
    said = str(term.value)
    return said if term.kind in IN_THE_CLEAR else digest(term.kind.value, compared(said))


def compared(said: str) -> str:
    """Words as they are compared: in small letters; a telephone number without what people put between its digits."""
    digits = said.translate(_NUMBER_MARKS)
    return digits if _DIALLED.fullmatch(digits) else said.casefold()


def of_query(terms: Sequence[Term], digest: Digest) -> tuple[str, dict[str, str]]:
    """A whole query for the log, and the words behind the digests in it."""
    parts, words = [], {}
    for term in terms:
        said = stand_in(term, digest)
        parts.append(f"{'-' if term.negated else ''}{term.kind.value}:{said}")
        if term.kind not in IN_THE_CLEAR:
            words[said] = str(term.value)
    return " ".join(parts), words


def of_number(number: str, digest: Digest) -> list[str]:
    """Every digest under which a search that asks for this number (E.164) can stand in the log.

    A number can be searched for by its last digits too, and free text looks for digits in numbers, also for those that
    are dialled with a zero before them.
    """
    digits = number.removeprefix("+")
    endings = [digits[-length:] for length in range(SHORTEST_ENDING, len(digits) + 1)]
    asked = [(TermKind.NUMBER, number), (TermKind.TEXT, number), (TermKind.TEXT, f"00{digits}")]
    asked += [(TermKind.NUMBER_ENDING, ending) for ending in endings]
    asked += [(TermKind.TEXT, said) for ending in endings for said in (ending, f"0{ending}")]
    return [digest(kind.value, said) for kind, said in asked]


def of_ending(digits: str, digest: Digest) -> list[str]:
    """The same for a search by the last digits, as it was typed."""
    return [digest(TermKind.NUMBER_ENDING.value, digits), digest(TermKind.TEXT.value, digits)]


def of_words(said: str, digest: Digest) -> list[str]:
    """The same for words, whichever field they were typed into."""
    return [digest(kind.value, compared(said)) for kind in _WORDS]
