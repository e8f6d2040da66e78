"""A recorder as Asterisk is one: it writes planned calls into a spool.

It owns how a file comes to be on the disk: a whole one at once for the backlog; for a call that arrives, a
header whose sizes stay 0, samples in steps of 32 KiB, the sizes at the end, then closed. It reads nothing
back and deletes nothing.
"""

from __future__ import annotations

import itertools
import os
import random
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from agent.demo.dialogue import Scene, compose
from agent.demo.encodings import encoded
from agent.demo.freepbx import recording_path, sidecar
from agent.demo.plan import CallPlan, arriving
from agent.demo.wave_file import samples_at, unfinished_header

STEP_BYTES = 32 * 1024


def performed(plan: CallPlan) -> bytes:
    """Let a planned call take place and give its complete recording."""
    scene = Scene(
        language=plan.language,
        topic=plan.topic,
        direction=plan.direction,
        duration_s=plan.duration_s,
        seed=plan.seed,
        adviser_pitch=plan.adviser.pitch,
        caller_pitch=plan.caller_pitch,
    )
    return encoded(compose(scene), plan.encoding)


def write_backlog(spool: Path, plans: Iterable[CallPlan], progress: Callable[[int], None] | None = None) -> int:
    """Write complete recordings, as if they had been lying there since they ended.

    Args:
        spool: Made if it is not there.
        plans: What took place.
        progress: Told after each call how many have been written.

    Returns:
        How many were written.
    """
    written = 0
    for written, plan in enumerate(plans, start=1):
        path = _prepared(spool, plan)
        _leave_sidecar(path, plan)
        path.write_bytes(performed(plan))
        ended = plan.ended_at.timestamp()
        os.utime(path, (ended, ended))
        if progress:
            progress(written)
    return written


def record(spool: Path, plan: CallPlan, over_s: float, hang_up: threading.Event) -> Path:
    """Write one call the way Asterisk does while it lasts.

    Args:
        spool: Made if it is not there.
        plan: The call.
        over_s: How long the writing takes; the recording itself is as long as planned.
        hang_up: Once set, the rest is written without waiting.
    """
    file = performed(plan)
    path = _prepared(spool, plan)
    sidecar_first = plan.seed % 2 == 0
    if sidecar_first:
        _leave_sidecar(path, plan)
    start = samples_at(file)
    steps = range(start, len(file), STEP_BYTES)
    with path.open("wb", buffering=0) as recording:
        recording.write(unfinished_header(file))
        for offset in steps:
            hang_up.wait(over_s / len(steps))
            recording.write(file[offset : offset + STEP_BYTES])
        recording.seek(0)
        recording.write(file[:start])
    if not sidecar_first:
        _leave_sidecar(path, plan)
    return path


class LiveRecorder:
    """Lets calls arrive, one after the other, until it is stopped; best used in a `with` block.

    Args:
        spool: Where recordings go.
        first_sequence: The number of the first call, above those of the backlog.
        pause_s: How long nobody calls after a call, shortest and longest.
        over_s: How long the writing of a call takes, shortest and longest.
        seed: What the calls are drawn by.
    """

    def __init__(
        self,
        spool: Path,
        *,
        first_sequence: int,
        pause_s: tuple[float, float] = (1.0, 4.0),
        over_s: tuple[float, float] = (2.0, 4.0),
        seed: int = 0,
    ) -> None:
        self._spool = spool
        self._sequences = itertools.count(first_sequence)
        self._pause_s = pause_s
        self._over_s = over_s
        self._lot = random.Random(seed)
        self._hang_up = threading.Event()
        self._trouble: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="demo-recorder", daemon=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Let no more calls arrive, write the one that lasts to its end, and wait for it.

        Raises:
            OSError: a recording could not be written; no call has arrived since.
        """
        self._hang_up.set()
        self._thread.join()
        if self._trouble:
            raise self._trouble

    def _run(self) -> None:
        try:
            while not self._hang_up.wait(self._lot.uniform(*self._pause_s)):
                over_s = self._lot.uniform(*self._over_s)
                closes_at = datetime.now(UTC) + timedelta(seconds=over_s)
                plan = arriving(closes_at, next(self._sequences), self._lot)
                record(self._spool, plan, over_s, self._hang_up)
        except OSError as trouble:
            self._trouble = trouble


def _prepared(spool: Path, plan: CallPlan) -> Path:
    path = spool / recording_path(plan)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _leave_sidecar(recording: Path, plan: CallPlan) -> None:
    text = sidecar(plan)
    if text is not None:
        recording.with_suffix(".json").write_bytes(text)
