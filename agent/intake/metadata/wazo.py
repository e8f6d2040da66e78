"""File names of Wazo.

{uuid}.wav                                            on the server
{YYYY-MM-DD}T{HH_MM_SS}UTC-{cdr}-{uuid}.wav           from its API; the time is UTC, whatever the source's zone
"""

from __future__ import annotations

import re
from datetime import UTC

from agent.intake.metadata.name import NO_TIME, UUID, IsOurs, NameFacts, local_of, stem_of

_OWN = re.compile(UUID)
_FETCHED = re.compile(
    rf"(?P<time>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}_[0-9]{{2}}_[0-9]{{2}})UTC-(?P<cdr>[0-9]+)-(?P<uuid>{UUID})"
)


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    stem = stem_of(relative_name)
    if _OWN.fullmatch(stem):
        return NameFacts(call_id=stem.lower())
    found = _FETCHED.fullmatch(stem)
    if found is None:
        return NameFacts(problems=("the file name is not one of Wazo",))
    at = local_of(found["time"], "%Y-%m-%dT%H_%M_%S")
    return NameFacts(
        call_id=found["uuid"].lower(),
        local=None if at is None else at.replace(tzinfo=UTC),
        local_said=found["time"] + "UTC",
        problems=() if at else (NO_TIME,),
    )
