"""File names of recorders that percent-encode the numbers of both sides.

    {anything}_{YYYYMMDD}_{HHMMSS}_{in|out}_{number}_{number}.WAV     numbers as in `%2B46701740605`

Which of the two numbers is the house's shows in the settings: an extension, or a number under `[services]`. When both
or none of them is, nobody's number is taken.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from agent.intake.metadata.name import NO_PARTIES, NO_TIME, IsOurs, NameFacts, local_of, stem_of
from agent.wire import Direction

_NAME = re.compile(
    r"(?:.*_)?(?P<date>[0-9]{8})_(?P<time>[0-9]{6})_(?P<way>in|out)_(?P<first>[^_]*)_(?P<second>[^_]*)",
    re.DOTALL | re.IGNORECASE,
)


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    found = _NAME.fullmatch(stem_of(relative_name))
    if found is None:
        return NameFacts(problems=("the file name is not a percent-encoded one",))
    first, second = unquote(found["first"]), unquote(found["second"])
    direction = Direction(found["way"].lower())
    local = local_of(found["date"] + found["time"])
    problems = [] if local else [NO_TIME]
    ours = theirs = None
    if is_ours(first) != is_ours(second):
        ours, theirs = (first, second) if is_ours(first) else (second, first)
    else:
        problems.append(NO_PARTIES)
    dest, caller = (ours, theirs) if direction is Direction.IN else (theirs, ours)
    return NameFacts(
        dest=dest,
        caller=caller,
        local=local,
        local_said=found["date"] + "_" + found["time"],
        direction=direction,
        problems=tuple(problems),
    )
