"""File names of rtpengine's recording daemon.

    {Call-ID, percent-encoded}-{16 hexadecimal digits, random}-mix.wav
    …-{SSRC, hexadecimal or decimal}.wav                                one stream by itself

Read from the right, since a Call-ID (RFC 3261, section 20.8) may hold hyphens. Nothing but the call's name is told.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from agent.intake.metadata.name import IsOurs, NameFacts, stem_of

_NAME = re.compile(r"(?P<key>(?P<call>.+)-[0-9a-fA-F]{16})-(?P<leg>mix|[0-9a-fA-F]{1,10})", re.DOTALL)


def read_name(relative_name: str, is_ours: IsOurs) -> NameFacts:
    found = _NAME.fullmatch(stem_of(relative_name))
    if found is None:
        return NameFacts(problems=("the file name is not one of rtpengine",))
    return NameFacts(
        call_id=unquote(found["call"]),
        call_key=found["key"],
        leg="" if found["leg"] == "mix" else found["leg"].lower(),
    )
