"""File names of Puzzel: `{sessionID}_{number}.WAV`, with an `.XML` of the same name beside it.

The number counts the recordings of one session: after a transfer, the next one is another adviser's. So each is a
contact by itself, and what they have in common is the session. All else stands in the XML (`agent.intake.metadata.
sidecar_maps`). In stereo the caller is left and the adviser right, also one who was consulted.
"""

from __future__ import annotations

import re

from agent.intake.metadata.name import IsOurs, NameFacts, stem_of

LEGS = ("caller", "adviser")
_NAME = re.compile(r"(?P<session>[0-9A-Za-z-]+)_(?P<number>[0-9]+)")


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    found = _NAME.fullmatch(stem_of(relative_name))
    if found is None:
        return NameFacts(problems=("the file name is not one of Puzzel",))
    return NameFacts(call_id=found["session"])
