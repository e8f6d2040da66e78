"""What is kept of the texts around a recording whose caller's number is withheld: everything but that number.

A recorder may write into a file's name what the customer's operator was told to keep secret. It is not looked up here
and nothing is lost by it: the recording itself is sealed as it came.
"""

from __future__ import annotations

import re

from agent.intake.metadata.facts import CallFacts

WITHHELD = "withheld"
_TAIL_DIGITS = 7
"""So many last digits are the same however a number is written."""
_LONG_DIGITS = re.compile(r"(?:\+|%2B)?[0-9](?:[ ().-]?[0-9]){6,}")


def shown_name(name: str, facts: CallFacts) -> str:
    """A file's name without the number that is withheld; where it cannot be told which digits those are, without all
    long ones.
    """
    if not facts.withheld:
        return name
    if facts.strangers is None:
        return _LONG_DIGITS.sub(WITHHELD, name)
    for stranger in facts.strangers:
        name = name.replace(f"-{stranger}-", f"-{WITHHELD}-")
    return name


def kept_sidecar(content: bytes | None, name: str, facts: CallFacts) -> bytes | None:
    """A sidecar without the number that is withheld and that the file's name told all the same."""
    if content is None or not facts.withheld:
        return content
    for stranger in _LONG_DIGITS.findall(name) if facts.strangers is None else facts.strangers:
        tail = re.sub(r"[^0-9]", "", stranger)[-_TAIL_DIGITS:]
        content = re.sub(rb"\+?[0-9]{0,9}" + tail.encode(), WITHHELD.encode(), content)
    return content
