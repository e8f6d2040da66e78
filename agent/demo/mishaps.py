"""What recorders leave when something goes wrong, so that the demo shows what becomes of it.

Three files of which no recording can be made; a call whose recorder was killed; a call under a name that tells nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePath

from agent.demo.freepbx import recording_path
from agent.demo.plan import backlog
from agent.demo.recorder import performed
from agent.demo.wave_file import samples_at, unfinished_header

TELLS_NOTHING = PurePath("recording 7.wav")
ERROR_PAGE = b"<html><head><title>503 Service Unavailable</title></head></html>\n"
_SEED = 7
"""Other calls than those of the backlog."""


def write_mishaps(spool: Path, now: datetime) -> int:
    """Write them, as old as the calls would have been.

    Args:
        spool: Made if it is not there.
        now: With its zone; all of it happened before.

    Returns:
        How many files.
    """
    plans = backlog(5, now, _SEED)
    files = dict(_files([recording_path(plan) for plan in plans], [performed(plan) for plan in plans]))
    for (name, content), plan in zip(files.items(), plans, strict=True):
        path = spool / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        ended = plan.ended_at.timestamp()
        os.utime(path, (ended, ended))
    return len(files)


def _files(names: list[PurePath], calls: list[bytes]) -> Iterator[tuple[PurePath, bytes]]:
    yield names[0], b""
    yield names[1], unfinished_header(calls[1])
    yield names[2], ERROR_PAGE
    begun = samples_at(calls[3]) + (len(calls[3]) - samples_at(calls[3])) // 2
    yield names[3], unfinished_header(calls[3]) + calls[3][samples_at(calls[3]) : begun]
    yield TELLS_NOTHING, calls[4]
