"""File names of 3CX on Linux, in its older versions.

    [{name}]_{from}-{to}_{YYYYMMDDHHMMSS}({id}).wav

Read from the right: a name may hold anything, brackets too. An empty number is a withheld one. Numbers may be
percent-encoded.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from agent.intake.metadata import freepbx
from agent.intake.metadata.name import (
    NO_DIRECTION,
    NO_PARTIES,
    NO_TIME,
    IsOurs,
    NameFacts,
    direction_between,
    local_of,
    stem_of,
)

_NAME = re.compile(r"\[.*\]_(?P<from>[^_\]]*)-(?P<to>[^_\]-]*)_(?P<time>[0-9]{14})\((?P<id>[0-9]{1,12})\)", re.DOTALL)


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    found = _NAME.fullmatch(stem_of(relative_name))
    if found is None:
        return NameFacts(problems=("the file name is not one of 3CX",))
    local = local_of(found["time"])
    # The order is the other one than FreePBX's; the parting of numbers with hyphens is the same.
    caller, dest = (
        None if party is None else unquote(party)
        for party in freepbx.parties_of(f"{found['from']}-{found['to']}", None, is_ours)
    )
    is_internal = dest is not None and caller is not None and is_ours(dest) and is_ours(caller)
    direction = direction_between(dest, caller, is_ours)
    problems = [] if local else [NO_TIME]
    problems += [NO_PARTIES] if dest is None else []
    problems += [] if direction or is_internal else [NO_DIRECTION]
    return NameFacts(
        dest=dest,
        caller=caller,
        local=local,
        local_said=found["time"],
        direction=direction,
        is_internal=is_internal,
        problems=tuple(problems),
    )
