"""Without a sentry: that somebody opened a file in the vault or of the keys, and not who. `watchdog` (inotify).

It is told after the fact, loses what comes too fast, and does not name anybody: its entries say `unattributed`. Spools
and the register are left out: recorders write into the one all day, SQLite opens the other in C, unseen by `own_opens`.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from watchdog.events import FileOpenedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers.inotify import InotifyObserver

from agent.audit.entry import Actor, Draft
from agent.direct_opens.entries import Digest, clean, target
from agent.direct_opens.own_opens import OwnOpens
from agent.sentry.plan import Place
from agent.wire import Outcome

GATHER_S = 0.5
"""The same file opened several times within this is one entry with a count."""
WATCHED = ("vault", "keys")


class LastResort(FileSystemEventHandler):
    """Args:
    places: Those of the plan.
    enter: Makes entries durable.
    """

    def __init__(self, places: Sequence[Place], enter: Callable[[Sequence[tuple[str, str, int]]], None]) -> None:
        self._places = [place for place in places if place.name in WATCHED]
        self._enter = enter
        self._own = OwnOpens()
        self._opened: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._observer: InotifyObserver | None = None
        self._thread: threading.Thread | None = None
        self.trouble: str | None = None

    @property
    def is_watching(self) -> bool:
        return self._observer is not None

    def start(self) -> None:
        if self._observer is not None:
            return
        self._own.is_counting = True
        observer = InotifyObserver()
        try:
            for place in self._places:
                observer.schedule(self, place.path, recursive=place.is_recursive, event_filter=[FileOpenedEvent])
            observer.start()
        except OSError as error:
            self.trouble = f"opens cannot be watched either ({error.strerror})"
            self._own.is_counting = False
            return
        self.trouble = None
        self._observer = observer
        self._thread = threading.Thread(target=self._gather, name="last-resort")
        self._thread.start()

    def stop(self) -> None:
        observer, self._observer = self._observer, None
        if observer is None or self._thread is None:
            return
        observer.stop()
        observer.join()
        self._opened.put(None)
        self._thread.join()
        self._own.is_counting = False

    def on_any_event(self, event: FileSystemEvent) -> None:
        if isinstance(event, FileOpenedEvent):
            path = event.src_path
            self._opened.put(path if isinstance(path, str) else path.decode("utf-8", "surrogateescape"))

    def _gather(self) -> None:
        while (first := self._opened.get()) is not None:
            counts: Counter[str] = Counter([first])
            threading.Event().wait(GATHER_S)
            is_last = False
            with suppress(queue.Empty):
                while not is_last:
                    path = self._opened.get_nowait()
                    is_last = path is None
                    if path is not None:
                        counts[path] += 1
            self._tell(counts)
            if is_last:
                return

    def _tell(self, counts: Counter[str]) -> None:
        found = []
        for path, count in counts.items():
            foreign = sum(not self._own.take(Path(path).name) for _ in range(count))
            place = next((place for place in self._places if path.startswith(place.path + "/")), None)
            if foreign and place is not None:
                found.append((place.name, path[len(place.path) + 1 :], foreign))
        if found:
            self._enter(found)


def unattributed(place: str, name: str, count: int, digest: Digest) -> Draft:
    """An entry that says that a file was opened, and that nobody knows by whom."""
    detail: dict[str, str | int | None] = {
        "place": place,
        "file": digest("file", clean(name)),
        "count": count,
        "seen_by": "watchdog",
        "unattributed": 1,
    }
    return Draft(Actor(via="agent"), "file.open", Outcome.ALLOWED, target=target(place, name), detail=detail)
