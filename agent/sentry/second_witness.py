"""The kernel's audit beside fanotify: what it says, compared, and what of it was lost."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from agent.sentry.audit_records import Events
from agent.sentry.audit_rules import KEY
from agent.sentry.audit_stream import AuditStream
from agent.sentry.plan import Plan
from agent.sentry.process import Who
from agent.sentry.reconciling import Difference, Reconciling, Seen
from agent.sentry.serials import Serials
from agent.sentry.whereabouts import Where

SETTLE_MS = 5000
"""At least; more when an open may wait longer."""
ASK_LOST_EVERY_S = 5.0
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")

Gap = Callable[[str, int, int, int | None], None]
"""Why, from when, until when, how many were lost."""


class SecondWitness:
    """Args:
    plan: What to watch.
    is_own: Whether a process is the agent or the sentry.
    gap: Told of what was lost.

    Raises:
        OSError: the kernel's audit cannot be asked.
    """

    def __init__(self, plan: Plan, is_own: Callable[[int], bool], gap: Gap) -> None:
        settle_ms = max(SETTLE_MS, 3 * plan.answer_within_ms)
        self.stream = AuditStream(Path(plan.run_dir), [place.path for place in plan.places])
        self._is_own = is_own
        self._gap = gap
        self._events = Events()
        self._reconciling = Reconciling(settle_ms)
        self._serials = Serials(settle_ms)
        self._lost = self.stream.lost_by_kernel or 0
        self._asked_s = time.monotonic()
        self._since_ticks = time.clock_gettime(time.CLOCK_BOOTTIME) * _TICKS_PER_S

    def seen(self, who: Who, where: Where, at_ms: int) -> None:
        """An open as fanotify told it."""
        self._reconciling.fanotify(
            Seen(
                at_ms=at_ms,
                pid=who.pid,
                device=where.device,
                inode=where.inode,
                uid=who.uid,
                login_uid=who.login_uid,
                exe=who.exe,
                is_expected_in_audit=who.is_certain and who.started_ticks > self._since_ticks,
            ),
            at_ms,
        )

    def read(self, now_ms: int) -> None:
        """What the stream has now."""
        for record in self.stream.records():
            if record is None:
                self._gap("records of the kernel's audit were lost on their way", now_ms, now_ms, None)
                self._reconciling.forget()
                continue
            self._serials.came(record.serial, now_ms)
            for opened in self._events.add(record):
                if not self._is_own(opened.pid):
                    self._reconciling.audit(opened, now_ms, is_ours=opened.key == KEY)

    def differences(self, now_ms: int) -> Iterator[Difference]:
        """What only one of the two has seen."""
        for lost in self._serials.lost(now_ms):
            self._gap("events of the kernel's audit never came", lost.since_ms, lost.until_ms, lost.count)
            self._reconciling.forget()
        self._ask_lost(now_ms)
        yield from self._reconciling.due(now_ms)

    def _ask_lost(self, now_ms: int) -> None:
        now_s = time.monotonic()
        if now_s - self._asked_s < ASK_LOST_EVERY_S:
            return
        since_ms, self._asked_s = now_ms - round((now_s - self._asked_s) * 1000), now_s
        lost = self.stream.lost_by_kernel
        if lost is not None and lost > self._lost:
            self._gap("the kernel's audit has lost records", since_ms, now_ms, lost - self._lost)
            self._reconciling.forget()
        self._lost = self._lost if lost is None else lost
        self.stream.ask_lost()
