"""File names of Issabel: those of FreePBX, of which only the type's first letter counts.

    o…        to a customer
    g… r… q…  from a customer, to a group or a queue
    any other from a customer, unless its sides show otherwise

`internal` stays what it is with FreePBX.
"""

from __future__ import annotations

from dataclasses import replace

from agent.intake.metadata import freepbx
from agent.intake.metadata.name import NO_DIRECTION, IsOurs, NameFacts
from agent.wire import Direction

_BY_LETTER = {"o": Direction.OUT, "g": Direction.IN, "r": Direction.IN, "q": Direction.IN}
_SPELT_OUT = {"in": Direction.IN, "external": Direction.IN}


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    facts = freepbx.read_name(relative_name, is_ours, _way)
    if facts.direction is not None or facts.is_internal or NO_DIRECTION not in facts.problems:
        return facts
    problems = tuple(problem for problem in facts.problems if problem != NO_DIRECTION)
    return replace(facts, direction=Direction.IN, problems=problems)


def _way(kind: str) -> Direction | None:
    if kind in _SPELT_OUT:
        return _SPELT_OUT[kind]
    # Of these the first letter is another one's.
    if kind in ("ondemand", freepbx.INTERNAL):
        return None
    return _BY_LETTER.get(kind[:1])
