"""One look at an opened file: the observation that `completeness` judges."""

from __future__ import annotations

import time

from agent.intake.completeness import Kind, Seen, header_state
from agent.intake.opened import Opened
from agent.intake.wav import NotWav, read_header


def seen(opened: Opened) -> Seen:
    """Look at an opened file: its state and that of its header."""
    with opened.file() as file:
        try:
            header = header_state(read_header(file, opened.identity.size_bytes))
        except NotWav as reason:
            header = header_state(reason)
    found = opened.identity
    return Seen(
        at_s=time.monotonic(),
        size_bytes=found.size_bytes,
        mtime_ns=found.mtime_ns,
        ctime_ns=found.ctime_ns,
        inode=found.inode,
        device=found.device,
        kind=Kind.REGULAR,
        header=header,
    )
