"""The intake at work: one thread that waits for files, a few that take them in (`workers`).

Watchers wake it; every `rescan_s` it reads the spools through for what they missed, a part at a time: a spool of many
files holds up no other. Files that somebody has just closed come before those that a rescan found. When the disk is
full, read-only or failing, or the register cannot be written, the intake pauses with its reason in `status` and tries
again at the next rescan; the rest of the agent goes on. A spool that cannot be read is a trouble of its own and holds
up no other.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from agent.installation import Installation
from agent.intake.completeness import Irregular, Wait
from agent.intake.in_place_watch import InPlaceWatch
from agent.intake.late import LateSidecars
from agent.intake.late_calls import LateCalls
from agent.intake.left import UNREADABLE, Left
from agent.intake.legs import Legs
from agent.intake.opened import NotRegular, Opened, is_ours, open_in_spool, spool_of
from agent.intake.pause import Pause
from agent.intake.pipeline import Pipeline, Taken
from agent.intake.rate import ByMinute
from agent.intake.read_through import read_through
from agent.intake.scan import Role, role_of, scan
from agent.intake.sidecar_watch import SidecarWatch
from agent.intake.sighting import seen
from agent.intake.silence import Silence
from agent.intake.spool import Spool, SpoolStatus
from agent.intake.standing import standing
from agent.intake.watcher import Watcher, Woken
from agent.intake.workers import WORKERS, Workers
from agent.settings import Source
from db.queries import contacts

IN_WORK_LIMIT = 16
"""Files that are open and handed to the workers at a time."""
OTHERS_IN_WORK = WORKERS + 1
"""Of which so many may be files that nobody has just closed: a live one waits for no backlog."""
FORGOTTEN_TOGETHER = 64
UPKEEP_S = 60.0
"""How often legs and silences are looked at."""
_DONE = object()


class IntakeLoop:
    """See the module.

    Args:
        house: The installation.
        pipeline: How a file is taken in.
        taken: Told of every file that was, in a thread of the intake.
    """

    def __init__(self, house: Installation, pipeline: Pipeline, taken: Callable[[Taken], None]) -> None:
        self._house = house
        self._pipeline = pipeline
        self._taken = taken
        self._late = LateSidecars(house, pipeline.leaving, pipeline.calls)
        self._late_calls = LateCalls(house, pipeline.calls, taken)
        self._legs = Legs(house)
        self._left = Left(house, pipeline.quarantine)
        self._next_upkeep_s = 0.0
        self._woken: queue.SimpleQueue[tuple[Spool, Woken] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._spools = [self._spool(source) for source in house.settings.source]
        self._pause = Pause()
        self._workers = Workers(house, pipeline, self._left, self._pause, self._lock, taken, self._wake)
        self._thread = threading.Thread(target=self._run, name="intake")
        self._is_stopping = False
        self._rescan_asked = threading.Event()
        self._next_rescan_s = 0.0
        self._rescanning: Generator[None] | None = None

    def _spool(self, source: Source) -> Spool:
        spool: Spool

        def woken(what: Woken) -> None:
            self._woken.put((spool, what))

        spool = Spool(
            source,
            Watcher(source.spool, source.watch, woken),
            SidecarWatch(source, self._late, self._left, self._house.settings.rescan_s),
            Silence(self._house, source),
            self._pipeline.calls,
            InPlaceWatch(self._house, source) if source.mode == "in-place" else None,
        )
        return spool

    @property
    def paused(self) -> str | None:
        """Why nothing is taken in, in English, until something was; None when all is well."""
        return self._pause.reason

    @property
    def by_minute(self) -> ByMinute:
        return self._workers.by_minute

    def start(self) -> None:
        """Bring the last crash to its end, then begin."""
        self._pipeline.recover()
        with self._house.register.read():
            for spool in self._spools:
                spool.last_taken_in_at_ms = contacts.newest_of_source_ms(spool.source.name)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is in work, then end."""
        self._is_stopping = True
        self._wake()
        self._thread.join()
        for spool in self._spools:
            spool.watcher.stop()
        self._workers.stop()
        self._pipeline.calls.close()
        self._pipeline.leaving.forget_gone()

    def rescan(self) -> None:
        """Read the spools through now."""
        self._rescan_asked.set()
        self._wake()

    def _wake(self) -> None:
        self._woken.put(None)

    def status(self) -> list[SpoolStatus]:
        with self._house.register.read():
            stands = [standing(spool.source.name) if spool.in_place else None for spool in self._spools]
        with self._lock:
            return [spool.status(stand) for spool, stand in zip(self._spools, stands, strict=True)]

    # --- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                self._read_on()
                self._look_at_due()
                self._look_at_sidecars()
                self._forget_gone()
                self._wait()
            except Exception as error:  # noqa: BLE001 - a thread that ends unseen would be an intake that stands still
                self._pause.begin(error)
                self._end_rescan()
        self._end_rescan()

    def _forget_gone(self) -> None:
        """The last step of what was taken in, in one transaction when there is nothing else to do, or much of it."""
        with self._lock:
            is_busy = any(spool.in_work for spool in self._spools)
        if not is_busy or self._pipeline.leaving.gone >= FORGOTTEN_TOGETHER:
            self._pipeline.leaving.forget_gone()

    def _wait(self) -> None:
        with self._lock:
            due_s = [waiting.look_at_s for spool in self._spools for waiting in spool.waiting.values()]
            due_s += [at_s for spool in self._spools if (at_s := spool.sidecars.due_s()) is not None]
            if self._pause.is_held or self._places_free() == 0:
                due_s = []  # the rescan, or a worker that is done, wakes this thread
        timeout_s = max(0.0, min([self._next_rescan_s, *due_s]) - time.monotonic())
        try:
            heard = self._woken.get(timeout=timeout_s)
            while True:
                if heard is not None:
                    self._hear(*heard)
                heard = self._woken.get_nowait()
        except queue.Empty:
            return

    def _hear(self, spool: Spool, woken: Woken) -> None:
        if not woken.is_folder:
            self._hear_of_file(spool, woken.relative_name, _role(woken.relative_name), is_closed=woken.closed)
            return
        with self._reading(spool), spool_of(spool.source) as spool_fd:
            for found in scan(spool_fd, woken.relative_name):
                self._hear_of_file(spool, found.relative_name, found.role, is_closed=False)

    def _hear_of_file(self, spool: Spool, relative_name: str, role: Role, *, is_closed: bool) -> None:
        if role is Role.CANDIDATE:
            spool.heard(relative_name)
            with self._lock:
                spool.wait_for(relative_name, is_closed=is_closed)
        elif role is Role.SIDECAR:
            spool.heard(relative_name)
            spool.sidecars.heard(relative_name)

    # --- the rescan --------------------------------------------------------------------------------------------------

    def _read_on(self) -> None:
        """Begin a rescan when it is time, or go on with the one that is under way."""
        if self._rescanning is None:
            if time.monotonic() < self._next_rescan_s and not self._rescan_asked.is_set():
                return
            self._rescan_asked.clear()
            self._rescanning = self._rescan()
            self._next_rescan_s = 0.0  # until it is done nobody waits
        if next(self._rescanning, _DONE) is _DONE:
            self._end_rescan()

    def _end_rescan(self) -> None:
        if self._rescanning is not None:
            self._rescanning.close()
        self._rescanning = None
        self._next_rescan_s = time.monotonic() + self._house.settings.rescan_s

    def _rescan(self) -> Generator[None]:
        """Yields after each part."""
        self._pipeline.finish_removals()
        self._left.read()
        self._pause.is_held = False
        for spool in self._spools:
            spool.watcher.check()
        # What lies in place stays and grows to much: the spools that are emptied come first.
        for spool in sorted(self._spools, key=lambda spool: spool.in_place is not None):
            with self._reading(spool):
                yield from read_through(spool, self._left, self._lock)
                spool.trouble = None
        self._late_calls.look()
        if time.monotonic() >= self._next_upkeep_s:
            self._next_upkeep_s = time.monotonic() + UPKEEP_S
            self._legs.look()
            for spool in self._spools:
                spool.silence.look()
        with self._lock:
            if not any(spool.waiting or spool.in_work for spool in self._spools):
                self._pause.end()  # nothing is held up any more

    @contextmanager
    def _reading(self, spool: Spool) -> Iterator[None]:
        """Keep a spool's trouble its own.

        Raises:
            OSError: the agent lacks something.
        """
        try:
            yield
        except OSError as error:
            if is_ours(error):
                raise
            spool.trouble = f"the spool cannot be read ({error.strerror})"

    # --- looking at files --------------------------------------------------------------------------------------------

    def _look_at_due(self) -> None:
        for spool in self._spools:
            if self._pause.is_held:
                return
            now_s = time.monotonic()
            with self._lock:
                due = spool.due(now_s, self._places_free(), self._places_free(OTHERS_IN_WORK))
            if not due:
                continue
            self._put_off(spool, due)  # until it is known better
            with self._reading(spool), spool_of(spool.source) as spool_fd:
                for relative_name in due:
                    self._look_at(spool, spool_fd, relative_name)

    def _look_at(self, spool: Spool, spool_fd: int, relative_name: str) -> None:
        try:
            opened = open_in_spool(spool_fd, relative_name)
        except FileNotFoundError:
            self._forget(spool, relative_name)
            return
        except NotRegular as reason:
            self._leave(spool, spool_fd, relative_name, "not-a-regular-file", reason.kind.value)
            return
        except OSError as error:
            if is_ours(error):
                raise
            self._leave(spool, spool_fd, relative_name, UNREADABLE, error.strerror or "")
            return
        keep_open = False
        try:
            if self._pipeline.is_taken_in(spool.source, relative_name, opened.identity):
                self._forget(spool, relative_name)
            else:
                keep_open = self._judge(spool, opened, relative_name)
        except OSError as error:
            self._leave(spool, spool_fd, relative_name, UNREADABLE, error.strerror or "")
        finally:
            if not keep_open:
                opened.close()

    def _judge(self, spool: Spool, opened: Opened, relative_name: str) -> bool:
        """Hand a complete file to a worker, which then closes it; whether that happened."""
        with self._lock:
            waiting = spool.waiting.get(relative_name)
        if waiting is None:
            return False
        verdict = waiting.progress.seen(seen(opened), time.time_ns())
        if isinstance(verdict, Wait):
            with self._lock:
                waiting.look_at_s = verdict.until_s
            return False
        if isinstance(verdict, Irregular):
            return False
        with self._lock:
            del spool.waiting[relative_name]
            spool.in_work.add(relative_name)
        self._workers.take_in(spool, opened, relative_name)
        return True

    def _leave(self, spool: Spool, spool_fd: int, relative_name: str, reason: str, detail: str) -> None:
        self._forget(spool, relative_name)
        if self._left.note(spool.source, spool_fd, relative_name, reason, detail):
            self._taken(Taken(None))

    def _places_free(self, limit: int = IN_WORK_LIMIT) -> int:
        """Under the lock."""
        return max(0, limit - sum(len(spool.in_work) for spool in self._spools))

    def _forget(self, spool: Spool, relative_name: str) -> None:
        with self._lock:
            spool.waiting.pop(relative_name, None)

    def _put_off(self, spool: Spool, names: list[str]) -> None:
        later_s = time.monotonic() + self._house.settings.rescan_s
        with self._lock:
            for name in names:
                if name in spool.waiting:
                    spool.waiting[name].look_at_s = later_s

    # --- looking at sidecars -----------------------------------------------------------------------------------------

    def _look_at_sidecars(self) -> None:
        for spool in self._spools:
            at_s = spool.sidecars.due_s()
            if self._pause.is_held or at_s is None or at_s > time.monotonic():
                continue
            with self._lock:
                recordings = {*spool.waiting, *spool.in_work}
            with self._reading(spool), spool_of(spool.source) as spool_fd:
                spool.sidecars.look(spool_fd, recordings, self._taken)


def _role(relative_name: str) -> Role:
    is_hidden = any(part.startswith(".") for part in relative_name.split("/"))
    return Role.LEFT_ALONE if is_hidden else role_of(relative_name.rpartition("/")[2])
