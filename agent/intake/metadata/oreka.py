"""File names of Oreka as it writes them when it is told nothing else.

    {YYYY}/{MM}/{DD}/{HH}/{YYYYMMDD}_{HHMMSS}_{port}.wav
    …_{port}-{uid}.wav                                     when that name was taken already

The port is a place in the recorder and nobody's telephone. Oreka can be told to name its files otherwise: then the
source has a `name_pattern`, and what Oreka did not know stands there as `no` and the name of that piece, see `MISSING`.
"""

from __future__ import annotations

import re

from agent.intake.metadata.name import NO_TIME, IsOurs, NameFacts, local_of, stem_of

MISSING = frozenset({"nolocalparty", "noremoteparty", "nolocalentrypoint", "nonativecallid", "notrackingid", "unkn"})
_NAME = re.compile(r"(?P<date>[0-9]{8})_(?P<time>[0-9]{6})_[^_-]+(?:-[^_]+)?")


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    found = _NAME.fullmatch(stem_of(relative_name))
    if found is None:
        return NameFacts(problems=("the file name is not one of Oreka's own; a name_pattern can say how it is read",))
    local = local_of(found["date"] + found["time"])
    said = found["date"] + "_" + found["time"]
    return NameFacts(local=local, local_said=said, problems=() if local else (NO_TIME,))
