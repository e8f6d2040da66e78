"""A spool read through, a part at a time: what lies there is the truth, and nobody waits until all of it is met.

Between two parts the intake hears what happens and looks at files. So what was heard of since the beginning counts as
met, also where the reading had been already; and what was not met counts as missed only after the last part.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from agent.intake.left import Left
from agent.intake.opened import spool_of
from agent.intake.scan import Role, scan
from agent.intake.spool import Spool

PART_S = 0.02


def read_through(spool: Spool, left: Left, lock: threading.Lock) -> Iterator[None]:
    """Meet everything that lies in a spool; yields after each part.

    Args:
        spool: Whose files wait, and whose sidecars lie there.
        left: What is noted of files that lie there.
        lock: Of the spool.

    Raises:
        OSError: the spool cannot be read; nothing counts as missed.
        RegisterUnwritable: the next time tries again.
    """
    watch = spool.in_place
    with spool_of(spool.source) as spool_fd:
        if watch is not None:
            if not watch.is_due():
                return
            yield from watch.begin()
        spool.met.clear()
        left_alone, give_way_s = 0, time.monotonic() + PART_S
        for found in scan(spool_fd):
            if found.role is Role.CANDIDATE:
                spool.met.add(found.relative_name)
                if watch is None or watch.is_news(spool_fd, found.relative_name):
                    with lock:
                        spool.wait_for(found.relative_name, is_closed=False)
            elif found.role is Role.SIDECAR:
                spool.met.add(found.relative_name)
                spool.sidecars.meet(spool_fd, found.relative_name)
            else:
                left_alone += 1
            if time.monotonic() >= give_way_s:
                yield
                give_way_s = time.monotonic() + PART_S
        if watch is not None:
            yield from watch.end(spool_fd)
        spool.sidecars.forget_others(spool.met)
        with lock:
            spool.left_alone = left_alone
            spool.forget_others(spool.met)
        left.end_missing(spool.source, spool.met)
